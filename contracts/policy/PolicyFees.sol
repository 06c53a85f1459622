// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {PolicyParameters} from "./PolicyParameters.sol";
import {PolicyStore} from "./PolicyStore.sol";
import {PolicyWord, RELEASED, REMOVED} from "./PolicyWord.sol";

/// @title How fees stream, and what is left of them when a node or a policy ends
/// @dev With r = feeRate, L = start + lane of a share, S(a, b) = suspended seconds of its node in [a, b):
///   due(b)     = r * (b - L - S(L, b)) to the staker, r * S(L, b) to the payer          a claim up to b
///   leave time = min(end, max(now, start + minPaid))                                    minPaid is never refunded
///   removal    = due(leave time), and r * (end - leave time) to the payer               one node leaves
///   closing    = r * live shares * (end - leave time) to the payer; end := leave time   all leave
/// Every second in [start, end) of a share is paid once, to one of the two. Integers throughout: no rounding (I-P2). A rate is below
/// 2^128 and a duration below 2^40, so that products stay below 2^173.
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
    /// Paying out puts fees beyond a seizure, so it is the act of the node, its worker or `payer`.
    function _settle(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy,
        uint256 shareIndex,
        address node,
        address payer
    ) internal returns (uint256 earned, uint256 refund) {
        uint256 until = _servedUntil(state);
        address worker;
        (earned, refund, worker) = _due(policy.terms, node, _laneAt(policyId, state, shareIndex), until);
        if (msg.sender != worker && msg.sender != node && msg.sender != payer) revert NotClaimant(msg.sender, node);
        if (earned | refund == 0 || _isDone(state, shareIndex)) return (0, 0);
        // At most maxDuration seconds, which is far below 2^32.
        _setLane(policyId, state, shareIndex, until - policy.terms.start);
        emit FeesClaimed(policyId, node, uint40(until), earned, refund);
    }

    /// @dev Ends a running policy in the returned state, which the caller stores.
    function _close(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy
    ) internal returns (PolicyWord closed, uint256 refund) {
        uint256 left = _leaveTime(state, policy.terms.start);
        refund = _feeFor(policy, state, state.end() - left);
        closed = state.withEnd(left).close();
        emit PolicyRevoked(policyId, uint40(left), refund);
    }

    function _pay(address receiver, uint256 amount) internal {
        if (amount != 0) _token.transfer(receiver, amount);
    }

    function _pull(address giver, uint256 amount) internal {
        if (amount != 0) _token.transferFrom(giver, address(this), amount);
    }

    /// @dev What both sides get when a share leaves; the caller marks it as removed.
    function _dueAtRemoval(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy,
        uint256 shareIndex,
        address node
    ) internal view returns (uint256 earned, uint256 refund) {
        uint256 left = _leaveTime(state, policy.terms.start);
        (earned, refund, ) = _due(policy.terms, node, _laneAt(policyId, state, shareIndex), left);
        refund += uint256(policy.terms.feeRate) * (state.end() - left);
    }

    /// @dev What a claim would pay now; nothing for a share that left or had its final claim.
    function _claimable(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy,
        uint256 shareIndex,
        address node
    ) internal view returns (uint256 earned, uint256 refund) {
        if (_isDone(state, shareIndex)) return (0, 0);
        uint256 lane = _laneAt(policyId, state, shareIndex);
        (earned, refund, ) = _due(policy.terms, node, lane, _servedUntil(state));
    }

    function _isServed(PolicyWord state) internal view returns (bool) {
        return !state.isClosed() && block.timestamp < state.end();
    }

    /// @dev The fee of all live shares for some seconds.
    function _feeFor(Policy calldata policy, PolicyWord state, uint256 duration) internal pure returns (uint256) {
        return uint256(policy.terms.feeRate) * _liveShares(policy, state) * duration;
    }

    function _liveShares(Policy calldata policy, PolicyWord state) internal pure returns (uint256) {
        return policy.nodes.length - _countBits(state.shares(REMOVED));
    }

    /// @dev Its fees are settled for good.
    function _isDone(PolicyWord state, uint256 shareIndex) internal pure returns (bool) {
        return state.has(REMOVED, shareIndex) || state.has(RELEASED, shareIndex);
    }

    /// @dev Clears the lowest bit until none is left: one round per share that left.
    function _countBits(uint256 bitmap) internal pure returns (uint256 count) {
        for (; bitmap != 0; bitmap &= bitmap - 1) ++count;
    }

    /// @dev What is due to a share from its lane up to `until`, a second not after the end; and the node's worker of now.
    function _due(
        Terms calldata terms,
        address node,
        uint256 lane,
        uint256 until
    ) private view returns (uint256 earned, uint256 refund, address worker) {
        uint256 from = terms.start + lane;
        uint256 suspended;
        // Both are seconds of the policy's life, which fit 40 bits.
        (worker, suspended) = _registry.serviceOf(node, uint40(from), uint40(until));
        if (until <= from) return (0, 0, worker);
        uint256 rate = terms.feeRate;
        unchecked {
            refund = rate * suspended;
            earned = rate * (until - from) - refund;
        }
    }

    function _servedUntil(PolicyWord state) private view returns (uint256) {
        return Math.min(block.timestamp, state.end());
    }

    function _leaveTime(PolicyWord state, uint256 start) private view returns (uint256) {
        return Math.min(state.end(), Math.max(block.timestamp, start + _minPaid));
    }
}
