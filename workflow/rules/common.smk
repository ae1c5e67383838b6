# Shared by every rule file.

def logged(command):
    """`command` with its output in the rule's log; on failure, the end of the log on the screen."""
    return (
        f"{{{{ {command} ; }}}} > {{log}} 2>&1 || "
        "{{ tail -n 60 {log} >&2; echo 'whole log: {log}' >&2; exit 1; }}"
    )
