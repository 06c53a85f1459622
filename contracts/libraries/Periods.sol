// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Periods and the one rule for intervals
/// @dev Every interval of the system is half-open: [start, end). A thing that lasts until `end` is over from `end` on, in
/// seconds, blocks and periods alike.
library Periods {
    /// @dev Ends of locks are multiples of this many periods, so that many positions share one boundary.
    uint256 internal constant _GRID = 7;

    /// @dev period = floor(timestamp / length)
    function containing(uint256 timestamp, uint256 length) internal pure returns (uint256) {
        return timestamp / length;
    }

    function isOver(uint256 end, uint256 current) internal pure returns (bool) {
        return current >= end;
    }

    /// @dev end = ceil((period + 1 + lock) / 7) * 7: a lock of `lock` whole periods, and at most six more.
    function endOfLock(uint256 period, uint256 lock) internal pure returns (uint256) {
        unchecked {
            return alignUp(period + 1 + lock);
        }
    }

    /// @dev Periods are far below 2^256.
    function alignUp(uint256 period) internal pure returns (uint256) {
        unchecked {
            return ((period + _GRID - 1) / _GRID) * _GRID;
        }
    }
}
