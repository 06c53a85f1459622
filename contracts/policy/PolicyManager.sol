// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {PolicyCreation} from "./PolicyCreation.sol";
import {PolicyFees} from "./PolicyFees.sol";
import {PolicyParameters} from "./PolicyParameters.sol";
import {PolicyPenalties} from "./PolicyPenalties.sol";
import {BOUNTY_RETURNED, LEAKED, PolicyWord, RELEASED, REMOVED} from "./PolicyWord.sol";

/// @title Policies
/// @dev What it promises is written in IPolicyManager. The parts: parameters, store, fees, consents, creation, penalties; here
/// stand the verbs of owners, payers and nodes.
contract PolicyManager is PolicyCreation, PolicyPenalties {
    /// @param token NKMS.
    /// @param escrow Deployed before; knows this contract's address.
    /// @param leakChallenge Zero if there is none; likewise `reencryptionChallenge`.
    constructor(
        INKMSToken token,
        IStakingEscrow escrow,
        INodeRegistry registry,
        address leakChallenge,
        address reencryptionChallenge,
        Parameters memory p
    )
        PolicyParameters(p, escrow)
        PolicyFees(token, escrow, registry)
        PolicyPenalties(leakChallenge, reencryptionChallenge)
    {
        // The escrow takes what is seized by burning it from here (returnToReserve).
        token.approve(address(escrow), type(uint256).max);
    }

    /// @inheritdoc IPolicyManager
    function createMany(Creation[] calldata creations) external returns (bytes32[] memory policyIds) {
        policyIds = new bytes32[](creations.length);
        for (uint256 i = 0; i < creations.length; ++i) policyIds[i] = create(creations[i]);
    }

    /// @inheritdoc IPolicyManager
    function createFor(
        Creation calldata creation,
        Consent calldata payment,
        Consent calldata grant
    ) external returns (bytes32 policyId) {
        uint256 fee;
        uint256 bounties;
        (policyId, fee, bounties) = _begin(creation);
        Terms calldata terms = creation.terms;
        _requireConsent(_PAYMENT_TYPEHASH, terms.payer, policyId, terms.end, fee, payment);
        _requireConsent(_GRANT_TYPEHASH, terms.owner, policyId, terms.end, bounties, grant);
        _pull(terms.payer, fee);
        _pull(terms.owner, bounties);
    }

    /// @inheritdoc IPolicyManager
    function renew(Policy calldata policy, uint40 newEnd) external {
        _requireCaller(policy.terms.owner);
        _requireCaller(policy.terms.payer);
        (, uint256 fee) = _prolong(policy, newEnd);
        _pull(msg.sender, fee);
    }

    /// @inheritdoc IPolicyManager
    function renewFor(
        Policy calldata policy,
        uint40 newEnd,
        Consent calldata payment,
        Consent calldata grant
    ) external {
        (bytes32 policyId, uint256 fee) = _prolong(policy, newEnd);
        _requireConsent(_PAYMENT_TYPEHASH, policy.terms.payer, policyId, newEnd, fee, payment);
        _requireConsent(_GRANT_TYPEHASH, policy.terms.owner, policyId, newEnd, 0, grant);
        _pull(policy.terms.payer, fee);
    }

    /// @inheritdoc IPolicyManager
    function revoke(Policy calldata policy) external {
        (bytes32 policyId, PolicyWord state) = _running(policy);
        _requireOwner(policy);
        _revoke(policyId, state, policy);
    }

    /// @inheritdoc IPolicyManager
    function revokeBySignature(Policy calldata policy, bytes calldata signature) external {
        (bytes32 policyId, PolicyWord state) = _running(policy);
        _requireRevocation(policy.terms.owner, policyId, signature);
        _revoke(policyId, state, policy);
    }

    /// @inheritdoc IPolicyManager
    function revokeNode(Policy calldata policy, uint256 shareIndex) external {
        (bytes32 policyId, PolicyWord state) = _running(policy);
        _requireOwner(policy);
        address node = _nodeAt(policy, shareIndex);
        if (state.has(REMOVED, shareIndex)) revert NodeAlreadyRemoved(policyId, node);
        _takeOut(policyId, state, policy, shareIndex, node);
    }

    /// @inheritdoc IPolicyManager
    function claim(Policy calldata policy, uint256 shareIndex) external returns (uint256 earned) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address node = _nodeAt(policy, shareIndex);
        address payer = policy.terms.payer;
        uint256 refund;
        (earned, refund) = _settle(policyId, state, policy, shareIndex, node, payer);
        _pay(node, earned);
        _pay(payer, refund);
    }

    /// @inheritdoc IPolicyManager
    function claimMany(
        address node,
        Policy[] calldata policies,
        uint256[] calldata shareIndices
    ) external returns (uint256 earned) {
        if (policies.length != shareIndices.length) revert LengthMismatch(policies.length, shareIndices.length);
        for (uint256 i = 0; i < policies.length; ++i) earned += _claimPart(node, policies[i], shareIndices[i]);
        _pay(node, earned);
    }

    /// @inheritdoc IPolicyManager
    function finalClaim(Policy calldata policy, uint256 shareIndex) external returns (uint256 earned) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address node = _nodeAt(policy, shareIndex);
        _requireReleasable(state);
        if (state.has(RELEASED, shareIndex)) revert AlreadyReleased(policyId, node);
        uint256 refund;
        (earned, refund) = _claimable(policyId, state, policy, shareIndex, node);
        if (earned + refund != 0) emit FeesClaimed(policyId, node, uint40(state.end()), earned, refund);
        _states[policyId] = state.withShare(RELEASED, shareIndex);
        emit ShareReleased(policyId, node);
        // A proven leak has freed the collateral for its slash.
        if (!state.has(LEAKED, shareIndex)) _escrow.release(node, _collateralPerKey);
        _pay(node, earned);
        _pay(policy.terms.payer, refund);
    }

    /// @inheritdoc IPolicyManager
    function returnBounty(Policy calldata policy) external returns (uint256 amount) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        _requireReleasable(state);
        // At most 32 nodes, so the bits of all shares fit.
        uint32 all = uint32((1 << policy.nodes.length) - 1);
        uint32 returned = all & ~(state.shares(LEAKED) | state.shares(BOUNTY_RETURNED));
        amount = policy.terms.bounty * _countBits(returned);
        if (amount == 0) revert NothingToReturn(policyId);
        _states[policyId] = state.withShares(BOUNTY_RETURNED, returned);
        emit BountyReturned(policyId, returned, amount);
        _pay(policy.terms.owner, amount);
    }

    /// @inheritdoc IPolicyManager
    function feesDue(
        Policy calldata policy,
        uint256 shareIndex
    ) external view returns (uint256 earned, uint256 refund) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        return _claimable(policyId, state, policy, shareIndex, _nodeAt(policy, shareIndex));
    }

    /// @inheritdoc IPolicyManager
    function create(Creation calldata creation) public returns (bytes32 policyId) {
        _requireCaller(creation.terms.owner);
        _requireCaller(creation.terms.payer);
        uint256 fee;
        uint256 bounties;
        (policyId, fee, bounties) = _begin(creation);
        _pull(msg.sender, fee + bounties);
    }

    function _prolong(Policy calldata policy, uint40 newEnd) private returns (bytes32 policyId, uint256 fee) {
        PolicyWord state;
        (policyId, state) = _running(policy);
        if (newEnd <= state.end()) revert EndNotLater(newEnd, uint40(state.end()));
        if (newEnd > policy.terms.maxEnd) revert EndAboveMaximum(newEnd, policy.terms.maxEnd);
        fee = _feeFor(policy, state, newEnd - state.end());
        _states[policyId] = state.withEnd(newEnd);
        emit PolicyRenewed(policyId, newEnd, fee);
    }

    function _revoke(bytes32 policyId, PolicyWord state, Policy calldata policy) private {
        uint256 refund;
        (_states[policyId], refund) = _close(policyId, state, policy);
        _pay(policy.terms.payer, refund);
    }

    /// @dev One share of many that `node` claims: settles it, refunds its payer, leaves the earned part to be paid.
    function _claimPart(address node, Policy calldata policy, uint256 shareIndex) private returns (uint256 earned) {
        (bytes32 policyId, PolicyWord state) = _existing(policy);
        address served = _nodeAt(policy, shareIndex);
        if (served != node) revert OtherNode(node, served);
        uint256 refund;
        (earned, refund) = _settle(policyId, state, policy, shareIndex, node, node);
        _pay(policy.terms.payer, refund);
    }

    function _requireReleasable(PolicyWord state) private view {
        uint256 opensAt = state.end() + _challengeWindow + _revealWindow;
        if (block.timestamp < opensAt) revert TooEarly(opensAt, block.timestamp);
    }

    function _requireOwner(Policy calldata policy) private view {
        if (msg.sender != policy.terms.owner) revert NotOwner(msg.sender, policy.terms.owner);
    }
}
