// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {BOUNTY_RETURNED, DISCLOSED, LEAKED, PolicyWord, RELEASED, REMOVED} from "./PolicyWord.sol";

/// @title What is stored of a policy: one state word, and a lane per share
/// @dev A lane is 32 bits, eight to a word: the seconds from the policy's start until which the share is settled.
abstract contract PolicyStore is IPolicyManager {
    uint256 private constant _TERMS_BYTES = 448;

    mapping(bytes32 policyId => PolicyWord) internal _states;
    mapping(bytes32 policyId => uint256[4] words) internal _lanes;

    /// @inheritdoc IPolicyManager
    function policyState(bytes32 policyId) external view returns (State memory) {
        PolicyWord word = _states[policyId];
        return
            State({
                end: uint40(word.end()),
                removed: word.shares(REMOVED),
                leaked: word.shares(LEAKED),
                disclosed: word.shares(DISCLOSED),
                bountyReturned: word.shares(BOUNTY_RETURNED),
                released: word.shares(RELEASED),
                closed: word.isClosed(),
                exists: _exists(word)
            });
    }

    /// @inheritdoc IPolicyManager
    function laneOf(bytes32 policyId, uint256 shareIndex) external view returns (uint32 claimedSeconds, bool released) {
        if (_states[policyId].has(RELEASED, shareIndex)) return (0, true);
        return (uint32(_laneAt(_lanes[policyId], shareIndex)), false);
    }

    /// @inheritdoc IPolicyManager
    function policyIdOf(Policy calldata policy) public pure returns (bytes32) {
        return _hashPolicy(policy.terms, policy.nodes, policy.commitmentsHash);
    }

    /// @dev A lane of the next multiple of eight begins the next word.
    function _setLane(uint256[4] storage lanes, uint256 shareIndex, uint256 value) internal {
        (uint256 word, uint256 shift) = _placeOf(shareIndex);
        lanes[word] = (lanes[word] & ~(uint256(type(uint32).max) << shift)) | (value << shift);
    }

    function _laneAt(uint256[4] storage lanes, uint256 shareIndex) internal view returns (uint256) {
        (uint256 word, uint256 shift) = _placeOf(shareIndex);
        return (lanes[word] >> shift) & type(uint32).max;
    }

    /// @dev A policy that was created as it is shown.
    function _existing(Policy calldata policy) internal view returns (bytes32 policyId, PolicyWord state) {
        policyId = policyIdOf(policy);
        state = _states[policyId];
        if (!_exists(state)) revert UnknownPolicy(policyId);
    }

    /// @dev A policy that is still served.
    function _running(Policy calldata policy) internal view returns (bytes32 policyId, PolicyWord state) {
        (policyId, state) = _existing(policy);
        if (state.isClosed()) revert PolicyClosed(policyId);
        if (block.timestamp >= state.end()) revert PolicyEnded(uint40(state.end()), block.timestamp);
    }

    function _nodeAt(Policy calldata policy, uint256 shareIndex) internal pure returns (address) {
        address[] calldata nodes = policy.nodes;
        if (shareIndex >= nodes.length) revert ShareIndexOutOfRange(shareIndex, nodes.length);
        return nodes[shareIndex];
    }

    function _exists(PolicyWord state) internal pure returns (bool) {
        return PolicyWord.unwrap(state) != 0;
    }

    /// @dev keccak256(abi.encode(keccak256(abi.encode(terms)), keccak256(abi.encode(nodes)), commitmentsHash)). Static structs and
    /// arrays of words lie in calldata as abi.encode writes them; a padding that is not zero gives an id that no policy has,
    /// because creation reads, and thereby checks, every value.
    function _hashPolicy(
        Terms calldata terms,
        address[] calldata nodes,
        bytes32 commitmentsHash
    ) internal pure returns (bytes32 policyId) {
        uint256 first;
        assembly ("memory-safe") {
            first := nodes.offset
        }
        bytes32 nodesHash = _hashArray(first, nodes.length, 32);
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, _TERMS_BYTES)
            mstore(free, keccak256(free, _TERMS_BYTES))
            mstore(add(free, 32), nodesHash)
            mstore(add(free, 64), commitmentsHash)
            policyId := keccak256(free, 96)
        }
    }

    /// @dev keccak256(abi.encode(array)) of an array whose elements, `size` bytes of whole words each, begin at `first` in calldata.
    function _hashArray(uint256 first, uint256 length, uint256 size) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            let total := mul(length, size)
            mstore(free, 32)
            mstore(add(free, 32), length)
            calldatacopy(add(free, 64), first, total)
            hash := keccak256(free, add(64, total))
        }
    }

    /// @dev word = floor(index / 8), shift = 32 * (index mod 8).
    function _placeOf(uint256 shareIndex) private pure returns (uint256 word, uint256 shift) {
        return (shareIndex >> 3, (shareIndex & 7) << 5);
    }
}
