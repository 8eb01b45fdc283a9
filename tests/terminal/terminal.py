"""Runs a program on a terminal of its own: its screen goes to a file, what to do comes on standard input, a line each:
`type TEXT` types (with the escapes of Python), `close` takes the terminal away. At the end, how the program ended is
printed: `code 2`, `signal 2`.

    python3 terminal.py SCREEN COLUMNS PROGRAM ARGUMENT...
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios


def main():
    screen, columns, program = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    child, terminal = pty.fork()
    if child == 0:
        # As a shell at work starts it, even where the tests themselves run in the background of one.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(program[0], program)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
    asks = [0, terminal]
    typed = b""
    with open(screen, "ab", buffering=0) as out:
        while terminal in asks:
            for ready in select.select(asks, [], [], 0.1)[0]:
                if ready == terminal:
                    try:
                        text = os.read(terminal, 65536)
                    except OSError:
                        text = b""
                    if not text:
                        asks.remove(terminal)
                    out.write(text)
                else:
                    read = os.read(0, 65536)
                    if not read:
                        # Whoever started this is gone.
                        asks.remove(0)
                        os.kill(child, signal.SIGKILL)
                    # A line may come in parts.
                    *lines, typed = (typed + read).split(b"\n")
                    for line in lines:
                        word, _, text = line.decode().partition(" ")
                        if word == "type":
                            os.write(terminal, text.encode().decode("unicode_escape").encode())
                        elif word == "close":
                            os.close(terminal)
                            asks.remove(terminal)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        print("signal", os.WTERMSIG(status))
    else:
        print("code", os.WEXITSTATUS(status))


main()
