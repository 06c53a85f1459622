// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The state of a policy in one word
/// @dev From the lowest bit up: end (40 bits), five marks of the 32 shares (32 bits each), the lane of share 0 (32 bits), closed (1 bit).
/// An end is never zero, so a word of zero is a policy that does not exist. A policy of one node has no word but this.
type PolicyWord is uint256;

/// @dev A mark is where its 32 bits begin. Share indices are below 32.
type Mark is uint256;

Mark constant REMOVED = Mark.wrap(40);
Mark constant LEAKED = Mark.wrap(72);
Mark constant DISCLOSED = Mark.wrap(104);
Mark constant BOUNTY_RETURNED = Mark.wrap(136);
Mark constant RELEASED = Mark.wrap(168);
uint256 constant FIRST_LANE_AT = 200;
uint256 constant CLOSED_BIT = 1 << 232;

using PolicyWords for PolicyWord global;

/// @dev Reading and changing the fields of a PolicyWord.
library PolicyWords {
    function end(PolicyWord word) internal pure returns (uint256) {
        return PolicyWord.unwrap(word) & type(uint40).max;
    }

    /// @dev `newEnd` fits 40 bits.
    function withEnd(PolicyWord word, uint256 newEnd) internal pure returns (PolicyWord) {
        return PolicyWord.wrap(((PolicyWord.unwrap(word) >> 40) << 40) | newEnd);
    }

    function isClosed(PolicyWord word) internal pure returns (bool) {
        return PolicyWord.unwrap(word) & CLOSED_BIT != 0;
    }

    function close(PolicyWord word) internal pure returns (PolicyWord) {
        return PolicyWord.wrap(PolicyWord.unwrap(word) | CLOSED_BIT);
    }

    function firstLane(PolicyWord word) internal pure returns (uint256) {
        return uint32(PolicyWord.unwrap(word) >> FIRST_LANE_AT);
    }

    /// @dev `lane` fits 32 bits.
    function withFirstLane(PolicyWord word, uint256 lane) internal pure returns (PolicyWord) {
        uint256 others = PolicyWord.unwrap(word) & ~(uint256(type(uint32).max) << FIRST_LANE_AT);
        return PolicyWord.wrap(others | (lane << FIRST_LANE_AT));
    }

    function has(PolicyWord word, Mark mark, uint256 share) internal pure returns (bool) {
        return ((PolicyWord.unwrap(word) >> Mark.unwrap(mark)) >> share) & 1 != 0;
    }

    function withShare(PolicyWord word, Mark mark, uint256 share) internal pure returns (PolicyWord) {
        return word.withShares(mark, uint32(1 << share));
    }

    function withShares(PolicyWord word, Mark mark, uint32 bitmap) internal pure returns (PolicyWord) {
        return PolicyWord.wrap(PolicyWord.unwrap(word) | (uint256(bitmap) << Mark.unwrap(mark)));
    }

    /// @dev The bitmap of the shares that carry a mark.
    function shares(PolicyWord word, Mark mark) internal pure returns (uint32) {
        return uint32(PolicyWord.unwrap(word) >> Mark.unwrap(mark));
    }
}
