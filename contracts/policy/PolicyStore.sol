// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";

/// @title What is stored of a policy: one state word, and a lane per share
/// @dev A lane is a uint32, eight to a word: the seconds from the policy's start until which the share is settled, or _RELEASED.
abstract contract PolicyStore is IPolicyManager {
    uint32 internal constant _RELEASED = type(uint32).max;
    uint256 private constant _LANE_BITS = 32;
    uint256 private constant _LANES_PER_WORD = 8;

    mapping(bytes32 policyId => State) internal _states;
    mapping(bytes32 policyId => mapping(uint256 word => uint256 lanes)) private _lanes;

    /// @inheritdoc IPolicyManager
    function policyState(bytes32 policyId) external view returns (State memory) {
        return _states[policyId];
    }

    /// @inheritdoc IPolicyManager
    function laneOf(bytes32 policyId, uint256 shareIndex) external view returns (uint32 claimedSeconds, bool released) {
        uint32 lane = _laneAt(policyId, shareIndex);
        return lane == _RELEASED ? (0, true) : (lane, false);
    }

    /// @inheritdoc IPolicyManager
    function policyIdOf(Policy calldata policy) public pure returns (bytes32) {
        return _hashPolicy(policy.terms, policy.nodes, policy.commitmentsHash);
    }

    function _setLane(bytes32 policyId, uint256 shareIndex, uint32 value) internal {
        uint256 word = shareIndex / _LANES_PER_WORD;
        uint256 shift = (shareIndex % _LANES_PER_WORD) * _LANE_BITS;
        uint256 others = _lanes[policyId][word] & ~(uint256(type(uint32).max) << shift);
        _lanes[policyId][word] = others | (uint256(value) << shift);
    }

    function _laneAt(bytes32 policyId, uint256 shareIndex) internal view returns (uint32) {
        uint256 shift = (shareIndex % _LANES_PER_WORD) * _LANE_BITS;
        // The cast keeps the lowest lane of the shifted word.
        return uint32(_lanes[policyId][shareIndex / _LANES_PER_WORD] >> shift);
    }

    /// @dev A policy that was created as it is shown.
    function _existing(Policy calldata policy) internal view returns (bytes32 policyId, State memory state) {
        policyId = policyIdOf(policy);
        state = _states[policyId];
        if (!state.exists) revert UnknownPolicy(policyId);
    }

    /// @dev A policy that is still served.
    function _running(Policy calldata policy) internal view returns (bytes32 policyId, State memory state) {
        (policyId, state) = _existing(policy);
        if (state.closed) revert PolicyClosed(policyId);
        if (block.timestamp >= state.end) revert PolicyEnded(state.end, block.timestamp);
    }

    function _nodeAt(Policy calldata policy, uint256 shareIndex) internal pure returns (address) {
        uint256 count = policy.nodes.length;
        if (shareIndex >= count) revert ShareIndexOutOfRange(shareIndex, count);
        return policy.nodes[shareIndex];
    }

    /// @dev keccak256(abi.encode(keccak256(abi.encode(terms)), keccak256(abi.encode(nodes)), commitmentsHash)). Static structs and
    /// arrays of words lie in calldata as abi.encode writes them; a padding that is not zero gives an id that no policy has,
    /// because the event of its creation re-encodes, and thereby checks, every value.
    function _hashPolicy(
        Terms calldata terms,
        address[] calldata nodes,
        bytes32 commitmentsHash
    ) internal pure returns (bytes32 policyId) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, 448)
            let termsHash := keccak256(free, 448)
            let size := add(mul(nodes.length, 32), 32)
            mstore(free, 32)
            calldatacopy(add(free, 32), sub(nodes.offset, 32), size)
            let nodesHash := keccak256(free, add(size, 32))
            mstore(free, termsHash)
            mstore(add(free, 32), nodesHash)
            mstore(add(free, 64), commitmentsHash)
            policyId := keccak256(free, 96)
        }
    }

    /// @dev Share indices are below 32, so the shift stays inside the bitmap.
    function _bit(uint256 shareIndex) internal pure returns (uint32) {
        return uint32(1 << shareIndex);
    }

    function _has(uint32 bitmap, uint256 shareIndex) internal pure returns (bool) {
        return bitmap & _bit(shareIndex) != 0;
    }
}
