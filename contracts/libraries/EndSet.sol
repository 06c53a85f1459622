// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Periods} from "./Periods.sol";

/// @title The periods in which some lock ends, as a bitmap
/// @dev Ends are multiples of `Periods._GRID`: bit j stands for period 7 j, a word for 1,792 periods.
library EndSet {
    struct Set {
        mapping(uint256 word => uint256 bits) words;
        uint32 last;
    }

    /// @dev Returned when no end is left: later than any period.
    uint32 internal constant _NONE = type(uint32).max;

    function add(Set storage set, uint32 end) internal {
        uint256 number = end / Periods._GRID;
        set.words[number >> 8] |= 1 << (number & 255);
        if (end > set.last) set.last = end;
    }

    function remove(Set storage set, uint32 end) internal {
        uint256 number = end / Periods._GRID;
        set.words[number >> 8] &= ~(1 << (number & 255));
    }

    /// @notice The first end later than `end`, or _NONE.
    function next(Set storage set, uint32 end) internal view returns (uint32) {
        uint256 number = end / Periods._GRID + 1;
        uint256 lastWord = (set.last / Periods._GRID) >> 8;
        uint256 mask = type(uint256).max << (number & 255);
        for (uint256 word = number >> 8; word <= lastWord; ++word) {
            uint256 bits = set.words[word] & mask;
            if (bits != 0) return uint32(((word << 8) + _lowestBit(bits)) * Periods._GRID);
            mask = type(uint256).max;
        }
        return _NONE;
    }

    function _lowestBit(uint256 bits) private pure returns (uint256) {
        unchecked {
            return Math.log2(bits & (~bits + 1));
        }
    }
}
