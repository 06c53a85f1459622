// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PolicyConsents} from "./PolicyConsents.sol";
import {PolicyFees} from "./PolicyFees.sol";

/// @title What must hold for a policy to begin
abstract contract PolicyCreation is PolicyFees, PolicyConsents {
    uint256 private constant _MAX_NODES = 32;
    uint256 private constant _MAX_NOTE_BYTES = 96;
    uint256 private constant _BOUNTY_SHARE = 10;

    /// @dev Checks everything but the consents of owner and payer, stores the policy and reserves the nodes' collateral.
    function _begin(Creation calldata creation) internal returns (bytes32 policyId) {
        Terms calldata terms = creation.terms;
        _requireNodes(creation);
        _requireTimes(terms);
        _requireMoney(terms);
        _requireTexts(creation);
        policyId = _hashPolicy(terms, creation.nodes, keccak256(abi.encode(creation.commitments)));
        if (_states[policyId].exists) revert PolicyExists(policyId);
        _states[policyId].end = terms.end;
        _states[policyId].exists = true;
        _requireAcceptances(policyId, creation.nodes, creation.acceptances, _registry);
        _announce(policyId, creation);
        _escrow.reserve(creation.nodes, _collateralPerKey);
    }

    /// @dev The paper's f, for all nodes: r * n * (end - start).
    function _creationFee(Creation calldata creation) internal pure returns (uint256) {
        Terms calldata terms = creation.terms;
        return uint256(terms.feeRate) * creation.nodes.length * (terms.end - terms.start);
    }

    function _announce(bytes32 policyId, Creation calldata creation) private {
        emit PolicyCreated(
            policyId,
            creation.terms.owner,
            creation.terms.recipientSigner,
            creation.terms.pathKeyId,
            creation.terms,
            creation.nodes,
            creation.commitments,
            creation.condition,
            creation.note
        );
    }

    function _requireTimes(Terms calldata terms) private view {
        if (block.timestamp >= terms.acceptBy) revert AcceptanceExpired(terms.acceptBy, block.timestamp);
        if (terms.end <= terms.start) revert EndNotAfterStart(terms.end, terms.start);
        if (block.timestamp >= terms.end) revert EndInPast(terms.end, block.timestamp);
        if (terms.end > terms.maxEnd) revert EndAboveMaximum(terms.end, terms.maxEnd);
        uint256 duration = terms.maxEnd - terms.start;
        if (duration > _maxDuration) revert DurationTooLong(duration, _maxDuration);
    }

    /// @dev A fee of zero means that the data's users pay. A bounty b has c / 10 <= b < c, so that faking a leak costs its owner
    /// a fair part of the collateral it destroys.
    function _requireMoney(Terms calldata terms) private view {
        uint256 feePerNode = uint256(terms.feeRate) * (terms.end - terms.start);
        if (feePerNode != 0 && feePerNode < _minFee) revert FeeTooLow(feePerNode, _minFee);
        uint256 bounty = terms.bounty;
        if (bounty == 0) return;
        if (bounty * _BOUNTY_SHARE < _collateralPerKey || bounty >= _collateralPerKey) {
            uint256 minimum = (uint256(_collateralPerKey) + _BOUNTY_SHARE - 1) / _BOUNTY_SHARE;
            revert BountyOutOfRange(bounty, minimum, _collateralPerKey);
        }
    }

    function _requireNodes(Creation calldata creation) private pure {
        uint256 count = creation.nodes.length;
        if (count == 0 || count > _MAX_NODES) revert NodeCountOutOfRange(count, _MAX_NODES);
        if (creation.commitments.length != count) revert CommitmentCountMismatch(creation.commitments.length, count);
        if (creation.acceptances.length != count) revert AcceptanceCountMismatch(creation.acceptances.length, count);
        uint256 threshold = creation.terms.threshold;
        if (threshold == 0 || threshold > count) revert InvalidThreshold(threshold, count);
        _requireAscending(creation.nodes);
    }

    function _requireAscending(address[] calldata nodes) private pure {
        for (uint256 i = 1; i < nodes.length; ++i) {
            if (nodes[i] <= nodes[i - 1]) revert NodesNotAscending(nodes[i - 1], nodes[i]);
        }
    }

    function _requireTexts(Creation calldata creation) private pure {
        Terms calldata terms = creation.terms;
        if (terms.recipientSigner == address(0)) revert InvalidRecipient(terms.recipientSigner);
        if (creation.note.length > _MAX_NOTE_BYTES) revert NoteTooLong(creation.note.length, _MAX_NOTE_BYTES);
        bytes32 noteHash = _optionalHash(creation.note);
        if (noteHash != terms.noteHash) revert NoteMismatch(noteHash, terms.noteHash);
        bytes32 conditionHash = _optionalHash(creation.condition);
        if (conditionHash != terms.conditionHash) revert ConditionMismatch(conditionHash, terms.conditionHash);
    }

    function _optionalHash(bytes calldata text) private pure returns (bytes32) {
        return text.length == 0 ? bytes32(0) : keccak256(text);
    }
}
