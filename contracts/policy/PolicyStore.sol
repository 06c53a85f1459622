// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {BOUNTY_RETURNED, DISCLOSED, LEAKED, PolicyWord, RELEASED, REMOVED} from "./PolicyWord.sol";

/// @title What is stored of a policy: one state word, and a lane per share
/// @dev A lane is 32 bits, the seconds from the policy's start until which the share is settled. Share 0 has it in the state word, the
/// others eight to a word, share i in word floor(i / 8) at bit 32 * (i mod 8).
abstract contract PolicyStore is IPolicyManager {
    uint256 private constant _TERMS_BYTES = 448;

    mapping(bytes32 policyId => PolicyWord) internal _states;
    mapping(bytes32 policyId => uint256[4] words) private _lanes;

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
        PolicyWord state = _states[policyId];
        if (state.has(RELEASED, shareIndex)) return (0, true);
        return (uint32(_laneAt(policyId, state, shareIndex)), false);
    }

    /// @inheritdoc IPolicyManager
    function policyIdOf(Policy calldata policy) public pure returns (bytes32) {
        return _hashPolicy(policy.terms, policy.nodes, policy.commitmentsHash);
    }

    function _setLane(bytes32 policyId, PolicyWord state, uint256 shareIndex, uint256 lane) internal {
        if (shareIndex == 0) {
            _states[policyId] = state.withFirstLane(lane);
            return;
        }
        uint256[4] storage lanes = _lanes[policyId];
        uint256 word = shareIndex >> 3;
        uint256 shift = (shareIndex & 7) << 5;
        lanes[word] = (lanes[word] & ~(uint256(type(uint32).max) << shift)) | (lane << shift);
    }

    function _laneAt(bytes32 policyId, PolicyWord state, uint256 shareIndex) internal view returns (uint256) {
        if (shareIndex == 0) return state.firstLane();
        // The cast keeps the lowest lane of the shifted word.
        return uint32(_lanes[policyId][shareIndex >> 3] >> ((shareIndex & 7) << 5));
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
}
