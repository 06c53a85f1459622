// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeCalls} from "./NodeCalls.sol";
import {PolicyConsents} from "./PolicyConsents.sol";
import {PolicyFees} from "./PolicyFees.sol";
import {PolicyWord} from "./PolicyWord.sol";

/// @title What must hold for a policy to begin
abstract contract PolicyCreation is PolicyFees, PolicyConsents {
    uint256 private constant _MAX_NODES = 32;
    uint256 private constant _MAX_NOTE_BYTES = 96;
    uint256 private constant _BOUNTY_SHARE = 10;

    /// @dev Checks everything but the consents of owner and payer, stores the policy and reserves the nodes' collateral. `fee` is the
    /// paper's f for all nodes, n * r * (end - start), and `bounties` theirs: what the caller pulls.
    function _begin(Creation calldata creation) internal returns (bytes32 policyId, uint256 fee, uint256 bounties) {
        Terms calldata terms = creation.terms;
        address[] calldata nodes = creation.nodes;
        Commitment[] calldata commitments = creation.commitments;
        Acceptance[] calldata acceptances = creation.acceptances;
        _requireCounts(terms.threshold, nodes.length, commitments.length, acceptances.length);
        _requireAscending(nodes);
        _requirePoints(commitments);
        uint256 duration = _requireTimes(terms);
        fee = nodes.length * _requireFee(terms, duration);
        bounties = nodes.length * _requireBounty(terms);
        policyId = _hashPolicy(terms, nodes, _hashCommitments(commitments));
        if (_exists(_states[policyId])) revert PolicyExists(policyId);
        _states[policyId] = PolicyWord.wrap(terms.end);
        uint256 list = NodeCalls.copyOf(nodes);
        _requireAcceptances(policyId, NodeCalls.workersOf(_registry, list), acceptances);
        bytes calldata condition = creation.condition;
        bytes calldata note = creation.note;
        _requireTexts(terms, condition, note);
        _announce(policyId, terms, nodes, commitments, condition, note);
        NodeCalls.reserve(_escrow, list, _collateralPerKey);
    }

    /// @dev emit PolicyCreated(policyId, ..., terms, nodes, commitments, condition, note), whose parts are copied from calldata as
    /// they stand there: all that is not 32 bytes long has been read, and so checked, before.
    function _announce(
        bytes32 policyId,
        Terms calldata terms,
        address[] calldata nodes,
        Commitment[] calldata commitments,
        bytes calldata condition,
        bytes calldata note
    ) private {
        bytes32 topic = PolicyCreated.selector;
        assembly ("memory-safe") {
            function append(head, data, end, length, source, size) -> newEnd {
                mstore(head, sub(end, data))
                mstore(end, length)
                let tail := add(end, 32)
                mstore(add(tail, size), 0)
                calldatacopy(tail, source, size)
                newEnd := and(add(add(tail, size), 31), not(31))
            }
            let data := mload(0x40)
            mstore(data, policyId)
            calldatacopy(add(data, 32), terms, 448)
            let end := add(data, 608)
            end := append(add(data, 480), data, end, nodes.length, nodes.offset, mul(nodes.length, 32))
            end := append(
                add(data, 512),
                data,
                end,
                commitments.length,
                commitments.offset,
                mul(commitments.length, 64)
            )
            end := append(add(data, 544), data, end, condition.length, condition.offset, condition.length)
            end := append(add(data, 576), data, end, note.length, note.offset, note.length)
            log4(
                data,
                sub(end, data),
                topic,
                calldataload(terms),
                calldataload(add(terms, 64)),
                calldataload(add(terms, 128))
            )
        }
    }

    /// @dev Seconds from start to end.
    function _requireTimes(Terms calldata terms) private view returns (uint256 duration) {
        (uint40 start, uint40 end, uint40 maxEnd) = (terms.start, terms.end, terms.maxEnd);
        if (block.timestamp >= terms.acceptBy) revert AcceptanceExpired(terms.acceptBy, block.timestamp);
        if (end <= start) revert EndNotAfterStart(end, start);
        if (block.timestamp >= end) revert EndInPast(end, block.timestamp);
        if (end > maxEnd) revert EndAboveMaximum(end, maxEnd);
        uint256 longest = maxEnd - start;
        if (longest > _maxDuration) revert DurationTooLong(longest, _maxDuration);
        return end - start;
    }

    /// @dev Fee per node, r * (end - start) < 2^168. A fee of zero means that the data's users pay.
    function _requireFee(Terms calldata terms, uint256 duration) private view returns (uint256 feePerNode) {
        unchecked {
            feePerNode = terms.feeRate * duration;
        }
        if (feePerNode != 0 && feePerNode < _minFee) revert FeeTooLow(feePerNode, _minFee);
    }

    /// @dev A bounty b has c / 10 <= b < c, so that faking a leak costs its owner a fair part of the collateral it destroys.
    function _requireBounty(Terms calldata terms) private view returns (uint256 bounty) {
        bounty = terms.bounty;
        if (bounty == 0) return bounty;
        if (bounty * _BOUNTY_SHARE < _collateralPerKey || bounty >= _collateralPerKey) {
            uint256 minimum = (uint256(_collateralPerKey) + _BOUNTY_SHARE - 1) / _BOUNTY_SHARE;
            revert BountyOutOfRange(bounty, minimum, _collateralPerKey);
        }
    }

    function _requireCounts(uint256 threshold, uint256 nodes, uint256 commitments, uint256 acceptances) private pure {
        if (nodes == 0 || nodes > _MAX_NODES) revert NodeCountOutOfRange(nodes, _MAX_NODES);
        if (commitments != nodes) revert CommitmentCountMismatch(commitments, nodes);
        if (acceptances != nodes) revert AcceptanceCountMismatch(acceptances, nodes);
        if (threshold == 0 || threshold > nodes) revert InvalidThreshold(threshold, nodes);
    }

    /// @dev The last is read as an address, and with it all are: none is larger.
    function _requireAscending(address[] calldata nodes) private pure {
        uint256 index = 0;
        assembly ("memory-safe") {
            let previous := 0
            for {} lt(index, nodes.length) {
                index := add(index, 1)
            } {
                let node := calldataload(add(nodes.offset, mul(index, 32)))
                if iszero(gt(node, previous)) {
                    break
                }
                previous := node
            }
        }
        if (index == 0) revert NodesNotAscending(address(0), nodes[0]);
        address reached = nodes[index - 1];
        if (index < nodes.length) revert NodesNotAscending(reached, nodes[index]);
    }

    /// @dev Every commitment names an address that is not zero.
    function _requirePoints(Commitment[] calldata commitments) private pure {
        uint256 index = 0;
        assembly ("memory-safe") {
            for {} lt(index, commitments.length) {
                index := add(index, 1)
            } {
                let point := calldataload(add(commitments.offset, add(mul(index, 64), 32)))
                if or(iszero(point), shr(160, point)) {
                    break
                }
            }
        }
        if (index < commitments.length) revert CommitmentWithoutPoint(index);
    }

    function _hashCommitments(Commitment[] calldata commitments) private pure returns (bytes32) {
        uint256 first;
        assembly ("memory-safe") {
            first := commitments.offset
        }
        return _hashArray(first, commitments.length, 64);
    }

    function _requireTexts(Terms calldata terms, bytes calldata condition, bytes calldata note) private pure {
        if (terms.recipientSigner == address(0)) revert InvalidRecipient(terms.recipientSigner);
        if (note.length > _MAX_NOTE_BYTES) revert NoteTooLong(note.length, _MAX_NOTE_BYTES);
        bytes32 noteHash = _optionalHash(note);
        if (noteHash != terms.noteHash) revert NoteMismatch(noteHash, terms.noteHash);
        bytes32 conditionHash = _optionalHash(condition);
        if (conditionHash != terms.conditionHash) revert ConditionMismatch(conditionHash, terms.conditionHash);
    }

    function _optionalHash(bytes calldata text) private pure returns (bytes32 hash) {
        if (text.length == 0) return 0;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, text.offset, text.length)
            hash := keccak256(free, text.length)
        }
    }
}
