// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RewardMath} from "../libraries/RewardMath.sol";

/// @title RewardMath, callable from outside
contract RewardMath__Harness {
    function decayFactor(uint256 decayPeriods) external pure returns (uint256) {
        return RewardMath.decayFactor(decayPeriods);
    }

    function decay(uint256 remaining, uint256 factor, uint256 periods) external pure returns (uint256) {
        return RewardMath.decay(remaining, factor, periods);
    }

    function perWeight(uint256 allocated, uint256 locked) external pure returns (uint256) {
        return RewardMath.perWeight(allocated, locked);
    }

    function earned(uint256 weight, uint256 from, uint256 to) external pure returns (uint256) {
        return RewardMath.earned(weight, from, to);
    }

    function earnedUp(uint256 weight, uint256 from, uint256 to) external pure returns (uint256) {
        return RewardMath.earnedUp(weight, from, to);
    }
}
