// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title How many seconds somebody was suspended
/// @dev S(t), the suspended seconds before t, is linear between changes: constant outside a suspension, t - u inside one, where u is
/// the total of unsuspended seconds until then. So one checkpoint per change, (second, value << 1 | suspended) with value = S or
/// u, answers every question by a search, and nothing is summed up.
///   S(t) = suspended ? t - value : value, of the last checkpoint at or before t; 0 before the first.
library SuspensionClock {
    using Checkpoints for Checkpoints.Trace208;

    /// @notice Starts a suspension at `time`; times never decrease, and the clock is not suspended.
    function open(Checkpoints.Trace208 storage clock, uint48 time) internal {
        uint208 suspended = clock.latest() >> 1;
        clock.push(time, ((time - suspended) << 1) | 1);
    }

    /// @notice Ends the present suspension at `time`.
    function close(Checkpoints.Trace208 storage clock, uint48 time) internal {
        uint208 unsuspended = clock.latest() >> 1;
        clock.push(time, (time - unsuspended) << 1);
    }

    function isSuspended(Checkpoints.Trace208 storage clock) internal view returns (bool) {
        return clock.latest() & 1 == 1;
    }

    /// @notice S(to) - S(from); 0 for an empty interval.
    function secondsBetween(
        Checkpoints.Trace208 storage clock,
        uint48 from,
        uint48 to
    ) internal view returns (uint256) {
        if (to <= from || clock.length() == 0) return 0;
        return _secondsBefore(clock, to) - _secondsBefore(clock, from);
    }

    function _secondsBefore(Checkpoints.Trace208 storage clock, uint48 time) private view returns (uint256) {
        uint208 checkpoint = clock.upperLookupRecent(time);
        uint208 value = checkpoint >> 1;
        return checkpoint & 1 == 1 ? time - value : value;
    }
}
