// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {PolicyFees} from "./PolicyFees.sol";
import {BOUNTY_RETURNED, DISCLOSED, LEAKED, PolicyWord, RELEASED, REMOVED} from "./PolicyWord.sol";

/// @title What proven faults do to a policy
/// @dev The challenge contracts judge; stake is slashed by them at the escrow. Calls for a share that already left are without
/// effect on its fees, so that a proof is never blocked.
abstract contract PolicyPenalties is PolicyFees {
    uint256 private constant _ALL_BPS = 10_000;

    address private immutable _leakChallenge;
    address private immutable _reencryptionChallenge;

    modifier onlyChallenge(address challenge) {
        if (msg.sender != challenge) revert NotChallenge(msg.sender, challenge);
        _;
    }

    /// @dev Zero addresses leave their paths unreachable.
    constructor(address leakChallenge, address reencryptionChallenge) {
        _leakChallenge = leakChallenge;
        _reencryptionChallenge = reencryptionChallenge;
    }

    /// @inheritdoc IPolicyManager
    function expel(Policy calldata policy, uint256 shareIndex) external onlyChallenge(_reencryptionChallenge) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address node = _nodeAt(policy, shareIndex);
        if (!_isDone(state, shareIndex)) _takeOut(policyId, state, policy, shareIndex, node);
    }

    /// @inheritdoc IPolicyManager
    function disclose(Policy calldata policy, uint256 shareIndex) external onlyChallenge(_reencryptionChallenge) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address node = _nodeAt(policy, shareIndex);
        if (state.has(DISCLOSED, shareIndex)) revert AlreadyDisclosed(policyId, node);
        state = state.withShare(DISCLOSED, shareIndex);
        emit ShareDisclosed(policyId, node);
        uint256 refund;
        if (_isServed(state)) (state, refund) = _close(policyId, state, policy);
        _states[policyId] = state;
        _pay(policy.terms.payer, refund);
    }

    /// @inheritdoc IPolicyManager
    function leak(
        Policy calldata policy,
        uint256 shareIndex,
        address challenger,
        uint40 committedAt
    ) external onlyChallenge(_leakChallenge) returns (uint256 reward) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address node = _nodeAt(policy, shareIndex);
        _requireLeakable(policyId, state, shareIndex, node, committedAt);
        uint256 seized;
        uint256 refund;
        if (!state.has(REMOVED, shareIndex))
            (seized, refund) = _dueAtRemoval(policyId, state, policy, shareIndex, node);
        state = state.withShare(REMOVED, shareIndex).withShare(LEAKED, shareIndex);
        uint256 burned;
        (reward, burned) = _splitBounty(policy.terms.bounty);
        emit ShareLeaked(policyId, node, challenger, reward, burned, refund, seized);
        refund += _storeOrClose(policyId, state, policy);
        _escrow.release(node, _collateralPerKey);
        _pay(policy.terms.payer, refund);
        _pay(challenger, reward);
        if (burned != 0) _token.burn(burned);
        if (seized != 0) _escrow.returnToReserve(seized);
    }

    /// @dev Removes a share whose fees still stream, pays both sides, and closes the policy if too few are left.
    function _takeOut(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy,
        uint256 shareIndex,
        address node
    ) internal {
        (uint256 earned, uint256 refund) = _dueAtRemoval(policyId, state, policy, shareIndex, node);
        emit NodeRemoved(policyId, node, earned, refund);
        refund += _storeOrClose(policyId, state.withShare(REMOVED, shareIndex), policy);
        _pay(node, earned);
        _pay(policy.terms.payer, refund);
    }

    /// @dev Stores the state after a removal. Too few nodes to read with are of no use: then the policy closes.
    function _storeOrClose(
        bytes32 policyId,
        PolicyWord state,
        Policy calldata policy
    ) private returns (uint256 refund) {
        bool closes = _isServed(state) && _liveShares(policy, state) < policy.terms.threshold;
        if (closes) (state, refund) = _close(policyId, state, policy);
        _states[policyId] = state;
    }

    function _requireLeakable(
        bytes32 policyId,
        PolicyWord state,
        uint256 shareIndex,
        address node,
        uint256 committedAt
    ) private view {
        if (state.has(LEAKED, shareIndex)) revert AlreadyLeaked(policyId, node);
        if (state.has(DISCLOSED, shareIndex)) revert AlreadyDisclosed(policyId, node);
        uint256 closesAt = state.end() + _challengeWindow;
        if (committedAt >= closesAt) revert EvidenceTooLate(committedAt, closesAt);
        if (state.has(RELEASED, shareIndex) || state.has(BOUNTY_RETURNED, shareIndex)) {
            revert AlreadyReleased(policyId, node);
        }
    }

    /// @dev burned = ceil(beta * bounty), reward = the rest: rounding never favours who might fake a leak.
    function _splitBounty(uint256 bounty) private view returns (uint256 reward, uint256 burned) {
        burned = Math.ceilDiv(bounty * _leakBurnBps, _ALL_BPS);
        reward = bounty - burned;
    }
}
