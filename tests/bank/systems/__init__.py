"""Published systems of residuals with their Jacobians by hand: least-squares problems for testing software."""

from tests.bank.systems.more_garbow_hillstrom import MORE_GARBOW_HILLSTROM
from tests.bank.systems.nist import NIST

SYSTEMS = (*MORE_GARBOW_HILLSTROM, *NIST)
