#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the sounds of examples/comet: run it after changing one here."""
import math
import struct
import wave
from pathlib import Path

RATE = 22050


def bell(t):
    """A small bell: a tone with two overtones that fade sooner."""
    return (math.sin(t * 523.25 * math.tau) * math.exp(-t * 5) * 0.6 +
            math.sin(t * 1046.5 * math.tau) * math.exp(-t * 9) * 0.25 +
            math.sin(t * 2825.5 * math.tau) * math.exp(-t * 18) * 0.15)


def go(t):
    """A soft push of air that rises."""
    hiss = math.sin(t * t * 90000) * math.sin(t * 7919.0)
    tone = math.sin((t * 260 + t * t * 700) * math.tau)
    return (hiss * 0.25 + tone * 0.5) * math.exp(-t * 11) * min(1, t * 80)


def lost(t):
    """A long fall."""
    phase = 440 * (1 - math.exp(-t * 1.6)) / 1.6
    wobble = 1 + 0.25 * math.sin(t * 9 * math.tau)
    return math.sin(phase * math.tau) * math.exp(-t * 2.4) * 0.6 * wobble


def mote(t):
    """A glint: two high tones, one behind the other."""
    second = max(0.0, t - 0.05)
    return (math.sin(t * 1568 * math.tau) * math.exp(-t * 26) * 0.4 +
            math.sin(second * 2093 * math.tau) * math.exp(-second * 16) * 0.4)


def write(folder, name, seconds, voice):
    count = int(RATE * seconds)
    with wave.open(str(folder / name), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for i in range(count):
            fade = min(1.0, (count - i) / 400)
            value = max(-1.0, min(1.0, voice(i / RATE) * fade))
            out.writeframes(struct.pack("<h", int(value * 30000)))


def main():
    root = Path(__file__).resolve().parent.parent
    folder = root / "examples" / "comet" / "assets" / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for name, seconds, voice in (("bell.wav", 0.9, bell), ("go.wav", 0.3, go),
                                 ("lost.wav", 1.2, lost),
                                 ("mote.wav", 0.3, mote)):
        write(folder, name, seconds, voice)
    (folder / "asset.json").write_text('{"type": "SOUNDS", "slot": 0}\n')


if __name__ == "__main__":
    main()
