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

    function add(Set storage set, uint256 end) internal {
        uint256 number = end / Periods._GRID;
        set.words[number >> 8] |= 1 << (number & 255);
        if (end > set.last) set.last = uint32(end);
    }

    function remove(Set storage set, uint256 end) internal {
        uint256 number = end / Periods._GRID;
        set.words[number >> 8] &= ~(1 << (number & 255));
    }

    /// @notice The first end later than `end`, or _NONE.
    function next(Set storage set, uint256 end) internal view returns (uint256) {
        uint256 number = end / Periods._GRID + 1;
        uint256 word = number >> 8;
        uint256 bits = set.words[word] & (type(uint256).max << (number & 255));
        if (bits == 0) {
            uint256 lastWord = (set.last / Periods._GRID) >> 8;
            while (bits == 0) {
                if (word >= lastWord) return _NONE;
                bits = set.words[++word];
            }
        }
        return ((word << 8) + _lowestBit(bits)) * Periods._GRID;
    }

    function _lowestBit(uint256 bits) private pure returns (uint256) {
        unchecked {
            return Math.log2(bits & (~bits + 1));
        }
    }
}
