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
