// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {PolicyParameters} from "./PolicyParameters.sol";
import {PolicyStore} from "./PolicyStore.sol";

/// @title How fees stream, and what is left of them when a node or a policy ends
/// @dev With r = feeRate, L = start + lane of a share, S(a, b) = suspended seconds of its node in [a, b):
///   due(b)     = r * (b - L - S(L, b)) to the staker, r * S(L, b) to the payer          a claim up to b
///   leave time = min(end, max(now, start + minPaid))                                    minPaid is never refunded
///   removal    = due(leave time), and r * (end - leave time) to the payer               one node leaves
///   closing    = r * live shares * (end - leave time) to the payer; end := leave time   all leave
/// Every second in [start, end) of a share is paid once, to one of the two. Integers throughout: no rounding (I-P2).
abstract contract PolicyFees is PolicyParameters, PolicyStore {
    INKMSToken internal immutable _token;
    IStakingEscrow internal immutable _escrow;
    INodeRegistry internal immutable _registry;

    constructor(INKMSToken token, IStakingEscrow escrow, INodeRegistry registry) {
        _token = token;
        _escrow = escrow;
        _registry = registry;
    }

    /// @dev Moves a share's lane to now or the end; the caller pays what is returned. Nothing happens to a share that has left.
    function _settle(
        bytes32 policyId,
        State memory state,
        Policy calldata policy,
        uint256 shareIndex
    ) internal returns (uint256 earned, uint256 refund) {
        uint40 until;
        (until, earned, refund) = _claimable(policyId, state, policy, shareIndex);
        if (earned + refund == 0) return (0, 0);
        // At most maxDuration seconds, which is far below 2^32.
        _setLane(policyId, shareIndex, uint32(until - policy.terms.start));
        emit FeesClaimed(policyId, policy.nodes[shareIndex], until, earned, refund);
    }

    /// @dev Ends a running policy in `state`, which the caller stores.
    function _close(bytes32 policyId, State memory state, Policy calldata policy) internal returns (uint256 refund) {
        uint40 left = _leaveTime(state.end, policy.terms.start);
        refund = _feeFor(policy, state, state.end - left);
        state.end = left;
        state.closed = true;
        emit PolicyRevoked(policyId, left, refund);
    }

    /// @dev Too few nodes to read with are of no use: the policy closes.
    function _closeBelowThreshold(
        bytes32 policyId,
        State memory state,
        Policy calldata policy
    ) internal returns (uint256 refund) {
        if (_isServed(state) && _liveShares(policy, state) < policy.terms.threshold)
            refund = _close(policyId, state, policy);
    }

    function _pay(address receiver, uint256 amount) internal {
        if (amount != 0) _token.transfer(receiver, amount);
    }

    function _pull(address giver, uint256 amount) internal {
        if (amount != 0) _token.transferFrom(giver, address(this), amount);
    }

    /// @dev Takes a share out of `state`, which the caller stores.
    function _remove(
        bytes32 policyId,
        State memory state,
        Policy calldata policy,
        uint256 shareIndex
    ) internal view returns (uint256 earned, uint256 refund) {
        uint40 left = _leaveTime(state.end, policy.terms.start);
        (earned, refund) = _due(policy, shareIndex, _laneAt(policyId, shareIndex), left);
        refund += uint256(policy.terms.feeRate) * (state.end - left);
        state.removed |= _bit(shareIndex);
    }

    /// @dev What a claim would pay now, and up to which second; nothing for a share that left or had its final claim.
    function _claimable(
        bytes32 policyId,
        State memory state,
        Policy calldata policy,
        uint256 shareIndex
    ) internal view returns (uint40 until, uint256 earned, uint256 refund) {
        uint32 lane = _laneAt(policyId, shareIndex);
        if (lane == _RELEASED || _has(state.removed, shareIndex)) return (0, 0, 0);
        until = block.timestamp < state.end ? uint40(block.timestamp) : state.end;
        (earned, refund) = _due(policy, shareIndex, lane, until);
    }

    /// @dev What is due from the share's lane up to `until`, a second not after the end.
    function _due(
        Policy calldata policy,
        uint256 shareIndex,
        uint32 lane,
        uint40 until
    ) internal view returns (uint256 earned, uint256 refund) {
        uint40 from = policy.terms.start + lane;
        if (until <= from) return (0, 0);
        uint256 suspended = _registry.suspendedSeconds(policy.nodes[shareIndex], from, until);
        uint256 rate = policy.terms.feeRate;
        return (rate * (until - from - suspended), rate * suspended);
    }

    function _isServed(State memory state) internal view returns (bool) {
        return !state.closed && block.timestamp < state.end;
    }

    /// @dev The fee of all live shares for some seconds.
    function _feeFor(Policy calldata policy, State memory state, uint256 duration) internal pure returns (uint256) {
        return uint256(policy.terms.feeRate) * _liveShares(policy, state) * duration;
    }

    function _liveShares(Policy calldata policy, State memory state) internal pure returns (uint256) {
        return policy.nodes.length - _countBits(state.removed);
    }

    /// @dev Clears the lowest bit until none is left: one round per share that left.
    function _countBits(uint256 bitmap) internal pure returns (uint256 count) {
        for (; bitmap != 0; bitmap &= bitmap - 1) ++count;
    }

    function _leaveTime(uint40 end, uint40 start) private view returns (uint40) {
        // Not above `end`, which is a uint40.
        return uint40(Math.min(end, Math.max(block.timestamp, uint256(start) + _minPaid)));
    }
}
