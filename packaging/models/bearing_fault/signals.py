"""Synthesizes windows of an accelerometer on the housing of a rolling element bearing.

Defect frequencies and the structure of the signals (impacts that slip by a random per cent or two, modulated by the
load zone and by what turns with the shaft or the cage) follow R. B. Randall and J. Antoni, "Rolling element bearing
diagnostics - A tutorial", Mechanical Systems and Signal Processing 25 (2011) 485-520. A single point defect under a
radial load as an impulse train times the load distribution, seen through a decaying resonance: P. D. McFadden and
J. D. Smith, "Model for the vibration produced by a single point defect in a rolling element bearing", Journal of
Sound and Vibration 96 (1984) 69-82.
"""
from dataclasses import dataclass

import numpy as np

SAMPLE_RATE = 12800.0  # Hz
WINDOW = 2048  # samples, 160 ms
CLIP = 8.0  # times the window's RMS; the int8 input ends there
LABELS = ("healthy", "inner_race", "outer_race", "ball", "imbalance")


@dataclass(frozen=True)
class Geometry:
    """A deep groove ball bearing; by default a 6205, inner ring turning. Orders are events in one turn of the shaft."""

    balls: int = 9
    ball_diameter: float = 7.94  # mm
    pitch_diameter: float = 39.04  # mm
    contact_angle: float = 0.0  # rad

    @property
    def ratio(self):
        return self.ball_diameter / self.pitch_diameter * np.cos(self.contact_angle)

    @property
    def ftf(self):  # the cage turns
        return (1 - self.ratio) / 2

    @property
    def bpfo(self):  # a ball passes a point of the outer race
        return self.balls * (1 - self.ratio) / 2

    @property
    def bpfi(self):  # a ball passes a point of the inner race
        return self.balls * (1 + self.ratio) / 2

    @property
    def bsf(self):  # a ball spins; its defect strikes a race twice in a spin
        return self.pitch_diameter / (2 * self.ball_diameter) * (1 - self.ratio**2)


@dataclass(frozen=True)
class Conditions:
    """Where and how the machine runs. Each list holds ranges to draw from evenly, by their length."""

    shaft_hz: tuple
    resonance_hz: tuple
    snr_db: tuple  # fault's RMS over that of everything else


TRAINING = Conditions(
    shaft_hz=((20, 23), (24, 27), (28, 31), (32, 36), (37, 41), (42, 46), (47, 50)),
    resonance_hz=((1900, 2300), (2450, 2850), (3000, 3400), (3550, 4000), (4150, 4600)),
    snr_db=((-10, 10),),
)
HELD_OUT = Conditions(  # in the gaps of training, and noisier
    shaft_hz=((23, 24), (27, 28), (31, 32), (36, 37), (41, 42), (46, 47)),
    resonance_hz=((2300, 2450), (2850, 3000), (3400, 3550), (4000, 4150)),
    snr_db=((-11, 7),),
)


def draw(rng, ranges):
    lengths = np.array([high - low for low, high in ranges], float)
    low, high = ranges[rng.choice(len(ranges), p=lengths / lengths.sum())]
    return rng.uniform(low, high)


def shaft_angle(rng, shaft_hz):
    """The shaft's angle in turns at each sample; the speed wanders by up to one per cent."""
    t = np.arange(WINDOW) / SAMPLE_RATE
    wander = rng.uniform(0, 0.01) * np.sin(2 * np.pi * (rng.uniform(0.5, 3) * t + rng.uniform()))
    return rng.uniform() + np.cumsum(shaft_hz * (1 + wander)) / SAMPLE_RATE


def load_zone(rng):
    """Stribeck's load distribution, a function of the angle in turns: 1 in the middle of the zone, 0 outside of it."""
    extent = rng.uniform(0.3, 0.7)  # below 0.5 the zone is narrower than half the ring
    return lambda turns: np.maximum(0, 1 - (1 - np.cos(2 * np.pi * turns)) / (2 * extent)) ** 1.5


def impacts(rng, angle, order):
    """Shaft angles of the impacts, in turns: evenly spaced by 1/order, each interval off by a random slip."""
    first = angle[0] - 0.3  # so that the ringing of earlier impacts stands in the window
    count = int((angle[-1] - first) * order * 1.1) + 2
    steps = (1 + rng.uniform(0.005, 0.02) * rng.standard_normal(count)) / order
    at = first + rng.uniform() / order + np.cumsum(steps)
    return at[at < angle[-1]]


def fault_amplitudes(rng, label, at, geometry):
    """How hard each impact is, by where the defect stands in the load zone at that moment."""
    zone = load_zone(rng)
    scatter = 1 + rng.uniform(0.05, 0.25) * rng.standard_normal(at.size)
    if label == "outer_race":  # stands still in the zone; the shaft's own force modulates it a little
        return scatter * (1 + rng.uniform(0, 0.4) * np.cos(2 * np.pi * (at + rng.uniform())))
    if label == "inner_race":  # turns through the zone with the shaft
        return scatter * (rng.uniform(0.05, 0.4) + zone(at + rng.uniform()))
    races = np.where(np.arange(at.size) % 2, 1.0, rng.uniform(0.4, 1.0))  # outer and inner race answer differently
    carried = geometry.ftf * at + rng.uniform(-0.25, 0.25)  # round by the cage
    return scatter * races * (rng.uniform(0.05, 0.4) + zone(carried))


def ringing(rng, angle, at, amplitudes, resonance_hz):
    """Each impact starts a decaying oscillation of the structure: one main mode and a weaker, higher one."""
    samples = np.arange(angle.size)
    start = np.interp(at, angle, samples, left=np.nan)
    early = np.isnan(start)  # before the window, at the speed of its first samples
    start[early] = (at[early] - angle[0]) / (angle[1] - angle[0])
    tail = np.arange(400)
    index = np.ceil(start).astype(int)[:, None] + tail
    t = (index - start[:, None]) / SAMPLE_RATE
    response = np.zeros_like(t)
    for hz, gain in ((resonance_hz, 1.0), (resonance_hz * rng.uniform(1.2, 1.4), rng.uniform(0, 0.5))):
        damping = rng.uniform(0.03, 0.09)
        response += gain * np.exp(-2 * np.pi * damping * hz * t) * np.sin(2 * np.pi * hz * np.sqrt(1 - damping**2) * t)
    inside = (index >= 0) & (index < WINDOW)
    signal = np.zeros(WINDOW)
    np.add.at(signal, index[inside], (amplitudes[:, None] * response)[inside])
    return signal


def background(rng):
    """Broadband noise, coloured by a random first-order filter, hum, and now and then a knock from elsewhere. RMS 1."""
    white = rng.standard_normal(WINDOW + 64)
    kernel = rng.uniform(-0.4, 0.6) ** np.arange(64)
    noise = np.convolve(white, kernel, mode="valid")[:WINDOW]
    noise /= noise.std()
    t = np.arange(WINDOW) / SAMPLE_RATE
    for hz in (rng.uniform(80, 120), rng.uniform(300, 1500)):  # supply and driven machine
        noise += rng.uniform(0, 0.35) * np.sin(2 * np.pi * (hz * t + rng.uniform()))
    if rng.uniform() < 0.3:
        angle = t * 10.0
        knocks = rng.uniform(angle[0], angle[-1], rng.integers(1, 4))
        noise += rng.uniform(2, 6) * ringing(rng, angle, knocks, np.ones(knocks.size), rng.uniform(1500, 4500))
    return noise / noise.std()


def synthesize(rng, label, conditions, geometry=Geometry()):
    """One window in units of its own RMS, without its mean, float32 [WINDOW]."""
    angle = shaft_angle(rng, draw(rng, conditions.shaft_hz))
    signal = background(rng)
    shaft = rng.uniform(0.55, 2.0) if label == "imbalance" else rng.uniform(0.05, 0.45)  # every rotor has some
    for harmonic, gain in ((1, 1.0), (2, rng.uniform(0, 0.3)), (3, rng.uniform(0, 0.15))):
        signal += shaft * gain * np.sin(2 * np.pi * (harmonic * angle + rng.uniform()))
    orders = {"inner_race": geometry.bpfi, "outer_race": geometry.bpfo, "ball": 2 * geometry.bsf}
    if label in orders:
        at = impacts(rng, angle, orders[label])
        fault = ringing(rng, angle, at, fault_amplitudes(rng, label, at, geometry), draw(rng, conditions.resonance_hz))
        signal += fault * (signal.std() / (fault.std() + 1e-9)) * 10 ** (draw(rng, conditions.snr_db) / 20)
    signal -= signal.mean()
    return (signal / signal.std()).clip(-CLIP, CLIP).astype(np.float32)


def dataset(seed, windows, conditions):
    """Windows float32 [windows, WINDOW, 1, 1] with labels int64 [windows], the classes in turn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(windows) % len(LABELS)
    return np.stack([synthesize(rng, LABELS[label], conditions) for label in labels])[..., None, None], labels
