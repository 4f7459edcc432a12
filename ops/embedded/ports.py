"""Which ports can be listened on, found out by listening."""

import socket

PORT_MAX = 65535


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody could listen there now."""
    try:
        listen_once(host, port)
    except OSError:
        return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """Some port that nobody listens on."""
    return listen_once(host, 0)


def beside(port: int, steps: int) -> int:
    """The port so many steps above one, which people can guess; any free one where there is none."""
    return port + steps if port + steps <= PORT_MAX else free_port()


def listen_once(host: str, port: int) -> int:
    """Listen for a moment, as a server would, to learn whether that is possible; gives the port."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        number: int = listener.getsockname()[1]
        return number
