# Shared by every rule file.

def logged(command):
    """`command` with its output in the rule's log; on failure, the end of the log on the screen.

    The ends are also gathered in _build/failures, which 'make' shows last, below Snakemake's own words.
    """
    return (
        f"{{{{ {command} ; }}}} > {{log}} 2>&1 || "
        "{{ tail -n 60 {log} >&2; {{ echo; echo 'The end of {log}:'; tail -n 25 {log}; }} "
        ">> _build/failures; exit 1; }}"
    )


def committed(pattern):
    """Names below data/, without suffix, of the committed artefacts whose cards match the glob."""
    found = (ROOT / "data").glob(f"{pattern}.json")
    return sorted(str(path.relative_to(ROOT).with_suffix("")) for path in found)


def kept(*names):
    """Outputs that are committed: if the job fails, Snakemake puts the old files back."""
    return [update(name) for name in names]


def settled(*names):
    """Inputs that are committed, too: their dates, which a clone makes up, start no job.

    Snakemake compares dates whatever --rerun-triggers says; only of `ancient` inputs it does not.
    """
    return [ancient(name) for name in names]
