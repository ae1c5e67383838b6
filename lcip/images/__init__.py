"""Image codecs: our own factorised-prior autoencoder, and the traditional ones it races against.

`factorized` is the model, `fit` trains it; `classical` is JPEG to JPEG XL behind one interface;
`evaluate` measures codecs on photographs, one row an item; `race` brings them to one rate or one
table; `figures` draws.
"""
