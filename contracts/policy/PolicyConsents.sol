// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IPolicyManager} from "../interfaces/IPolicyManager.sol";

/// @title Who has agreed to what: signatures of workers, payers and owners
/// @dev The message types stand in IPolicyManager; src/protocol/policy.ts is their twin.
abstract contract PolicyConsents is IPolicyManager, EIP712 {
    bytes32 internal constant _PAYMENT_TYPEHASH = keccak256(
        "Payment(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)"
    );
    bytes32 internal constant _GRANT_TYPEHASH = keccak256(
        "Grant(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)"
    );
    bytes32 private constant _ACCEPTANCE_TYPEHASH = keccak256("Acceptance(bytes32 policyId,uint256 shareIndex)");
    bytes32 private constant _REVOCATION_TYPEHASH = keccak256("Revocation(bytes32 policyId)");

    constructor() EIP712("NKMS PolicyManager", "1") {}

    /// @dev Every node's worker of now has accepted its share.
    function _requireAcceptances(
        bytes32 policyId,
        address[] calldata nodes,
        Acceptance[] calldata acceptances,
        INodeRegistry registry
    ) internal view {
        address[] memory workers = registry.workersOf(nodes);
        bytes32 domain = _domainSeparatorV4();
        for (uint256 i = 0; i < acceptances.length; ++i) {
            bytes32 message = keccak256(abi.encode(_ACCEPTANCE_TYPEHASH, policyId, i));
            bytes32 digest = MessageHashUtils.toTypedDataHash(domain, message);
            (address signer, , ) = ECDSA.tryRecover(digest, acceptances[i].r, acceptances[i].vs);
            // A node without a worker has the zero address, which broken signatures recover to.
            if (signer == address(0) || signer != workers[i]) revert WrongAcceptance(i, workers[i], signer);
        }
    }

    /// @dev `party` calls itself or agreed to `required` for the policy to run until `end`.
    function _requireConsent(
        bytes32 typeHash,
        address party,
        bytes32 policyId,
        uint256 end,
        uint256 required,
        Consent calldata consent
    ) internal view {
        if (party == msg.sender) return;
        if (block.timestamp >= consent.deadline) revert ConsentExpired(consent.deadline, block.timestamp);
        if (required > consent.maximum) revert ConsentExceeded(required, consent.maximum);
        bytes32 message = keccak256(abi.encode(typeHash, policyId, end, consent.maximum, consent.deadline));
        _requireSignature(party, message, consent.signature);
    }

    function _requireRevocation(address owner, bytes32 policyId, bytes calldata signature) internal view {
        _requireSignature(owner, keccak256(abi.encode(_REVOCATION_TYPEHASH, policyId)), signature);
    }

    function _requireCaller(address party) internal view {
        if (party != msg.sender) revert NotConsented(party, msg.sender);
    }

    function _requireSignature(address party, bytes32 message, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(party, _hashTypedDataV4(message), signature)) {
            revert NotConsented(party, msg.sender);
        }
    }
}
