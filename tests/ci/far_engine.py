#!/usr/bin/env python3
"""far_engine.py [--without-addresses] COMMAND...: runs COMMAND on a model of a host whose engine is far away, as Docker
Desktop's is on a Mac: in a network namespace of its own, which has none of the engine's bridges. A test helper, for the
inside of ci/with-engine docker. The model:

* the engine is asked over its Unix socket, as there;
* a port that a container publishes at an address is there at that address of this host, and nothing else is: a relay
  here looks which ports there are and carries TCP and UDP (on a Mac a process of Docker Desktop's does);
* the loopback has the addresses that `bottle-verify doctor` asks for, unless --without-addresses;
* there is one more link with an address and a default road, on which nobody answers."""
import asyncio
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import threading

CLONE_NEWNET = 0x40000000
LOOK = 0.05  # seconds between two looks at what is published
ALIASES = [f"192.0.2.{last}" for last in range(16, 32)]
BEYOND = [f"203.0.113.{last}" for last in range(3, 15)]
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(network):
    if LIBC.setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def published():
    """(protocol, address, port) -> (address, port) in a container: what the engine starts a docker-proxy for, in whose
    place Docker Desktop has a process of its own."""
    found = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if words[0].endswith("docker-proxy"):
            said = dict(zip(words[1::2], words[2::2]))
            found[said["-proto"], said["-host-ip"], int(said["-host-port"])] = (said["-container-ip"],
                                                                               int(said["-container-port"]))
    return {what: where for what, where in found.items() if ":" not in what[1]}


class Caller(asyncio.DatagramProtocol):
    """What comes back to one who sent a datagram."""

    def __init__(self, answer):
        self.answer = answer

    def datagram_received(self, data, addr):
        self.answer(data)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, relay, where):
        self.relay, self.where, self.callers, self.transport = relay, where, {}, None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        asyncio.ensure_future(self.carry(data, addr))

    async def carry(self, data, addr):
        if addr not in self.callers:
            there = self.relay.socket_there(socket.SOCK_DGRAM)
            there.connect(self.where)
            answer = lambda reply: self.transport.sendto(reply, addr)
            loop = asyncio.get_running_loop()
            self.callers[addr], _ = await loop.create_datagram_endpoint(lambda: Caller(answer), sock=there)
        self.callers[addr].sendto(data)


class Relay(threading.Thread):
    """Carries what comes to this host's published ports to the engine's network."""

    def __init__(self, here, there):
        super().__init__(daemon=True)
        self.here, self.there, self.doors = here, there, {}

    def run(self):
        asyncio.run(self.watch())

    async def watch(self):
        while True:
            wanted = published()
            for what in wanted.keys() - self.doors.keys():
                self.doors[what] = await self.open(*what, wanted[what])
            for what in self.doors.keys() - wanted.keys():
                self.doors.pop(what).close()
            await asyncio.sleep(LOOK)

    async def open(self, protocol, address, port, where):
        loop = asyncio.get_running_loop()
        if protocol == "udp":
            transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(self, where),
                                                               local_addr=(address, port))
            return transport
        return await asyncio.start_server(lambda *pair: self.carry(where, *pair), address, port)

    def socket_there(self, kind):
        enter(self.there)
        try:
            made = socket.socket(socket.AF_INET, kind)
        finally:
            enter(self.here)
        made.setblocking(False)
        return made

    async def carry(self, where, reader, writer):
        there = self.socket_there(socket.SOCK_STREAM)
        try:
            await asyncio.get_running_loop().sock_connect(there, where)
            far_reader, far_writer = await asyncio.open_connection(sock=there)
        except OSError:
            there.close()
            writer.transport.abort()
            return
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


def main():
    words = sys.argv[1:]
    addresses = ALIASES + BEYOND
    if words[:1] == ["--without-addresses"]:
        words, addresses = words[1:], []
    for address in ALIASES:  # so that this engine, too, can publish there
        ip("address", "replace", address + "/32", "dev", "lo")
    there = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    if LIBC.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    ip("link", "set", "lo", "up")
    for address in addresses:
        ip("address", "add", address + "/32", "dev", "lo")
    ip("link", "add", "en0", "type", "veth", "peer", "name", "nobody")
    ip("address", "add", "10.0.5.2/24", "dev", "en0")
    ip("link", "set", "en0", "up")
    ip("link", "set", "nobody", "up")
    ip("route", "add", "default", "via", "10.0.5.1")
    Relay(here, there).start()
    return subprocess.run(words, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
