// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The arithmetic of the supply law and of reward shares
/// @dev The paper's VII.C, in whole periods.
///
/// Remaining supply R = S_max - S. Eq 32, dS/dt = s_0 (S_max - S) / (S_max - S_0) with s_0 = R_0 / T, becomes
///     R(t + 1) = R(t) (1 - 1/T),   so   R(t + k) = R(t) phi^k,   phi = 1 - 1/T.
/// phi is a fraction of 2^128 rounded up, and every product is rounded up: R is never too small, so what is allocated is
/// never too much and S never passes S_max. The error of a power is below k * 2^-127: for R < 2^96 and k < 2^20 less than
/// 2^-11 wei before the last rounding.
///
/// Shares (eq 30), d_i s / D: an accumulator of tokens per wei of weight, with 96 fractional bits, rounded down; the staker's
/// share is rounded down again, and the dust stays unallocated to anybody. An interval loses less than d_i * 2^-96 + 1 wei.
library RewardMath {
    uint256 internal constant _ONE = 1 << 128;
    uint256 private constant _FRACTION_BITS = 96;

    /// @dev phi = ceil(2^128 (T - 1) / T), for T >= 2.
    function decayFactor(uint256 decayPeriods) internal pure returns (uint256) {
        return (_ONE * (decayPeriods - 1) + decayPeriods - 1) / decayPeriods;
    }

    /// @dev ceil(R phi^k). R < 2^96, so that no product overflows.
    function decay(uint256 remaining, uint256 factor, uint256 periods) internal pure returns (uint256) {
        unchecked {
            return (remaining * powerUp(factor, periods) + (_ONE - 1)) >> 128;
        }
    }

    /// @dev phi^k by squaring, every product rounded up; result at most 2^128. No product exceeds 2^256 - 2^129, so that the
    /// rounding term fits: both factors are at most 2^128 and one of them below it.
    function powerUp(uint256 factor, uint256 exponent) internal pure returns (uint256 result) {
        unchecked {
            if (exponent == 1) return factor;
            result = _ONE;
            while (exponent > 0) {
                if (exponent & 1 == 1) result = (result * factor + (_ONE - 1)) >> 128;
                factor = (factor * factor + (_ONE - 1)) >> 128;
                exponent >>= 1;
            }
        }
    }

    /// @dev floor(2^96 allocated / D), for D > 0. allocated < 2^160.
    function perWeight(uint256 allocated, uint256 locked) internal pure returns (uint256) {
        return (allocated << _FRACTION_BITS) / locked;
    }

    /// @dev floor(d (acc1 - acc0) / 2^96), for acc1 >= acc0. No overflow: d <= D while the accumulator grew, hence the product
    /// is at most 2^96 times what was allocated meanwhile.
    function earned(uint256 weight, uint256 accumulatorBefore, uint256 accumulatorNow) internal pure returns (uint256) {
        unchecked {
            return (weight * (accumulatorNow - accumulatorBefore)) >> _FRACTION_BITS;
        }
    }

    /// @dev ceil(d (acc1 - acc0) / 2^96), where a reward must be held back rather than paid; as `earned`.
    function earnedUp(
        uint256 weight,
        uint256 accumulatorBefore,
        uint256 accumulatorNow
    ) internal pure returns (uint256) {
        unchecked {
            return (weight * (accumulatorNow - accumulatorBefore) + (1 << _FRACTION_BITS) - 1) >> _FRACTION_BITS;
        }
    }
}
