// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EndSet} from "../libraries/EndSet.sol";
import {Periods} from "../libraries/Periods.sol";

/// @title Periods and the set of ends, callable from outside
contract Periods__Harness {
    using EndSet for EndSet.Set;

    EndSet.Set private _ends;

    function add(uint32 end) external {
        _ends.add(end);
    }

    function remove(uint32 end) external {
        _ends.remove(end);
    }

    function next(uint32 end) external view returns (uint256) {
        return _ends.next(end);
    }

    function containing(uint256 timestamp, uint32 length) external pure returns (uint256) {
        return Periods.containing(timestamp, length);
    }

    function isOver(uint256 end, uint256 current) external pure returns (bool) {
        return Periods.isOver(end, current);
    }

    function endOfLock(uint32 period, uint32 lock) external pure returns (uint256) {
        return Periods.endOfLock(period, lock);
    }
}
