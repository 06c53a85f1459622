// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
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

    /// @dev floor(n / 2) of secp256k1: signatures above have a twin below.
    uint256 private constant _HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    constructor() EIP712("NKMS PolicyManager", "1") {}

    /// @dev Every node's worker of now, from `workers` on in memory, has accepted its share.
    function _requireAcceptances(bytes32 policyId, uint256 workers, Acceptance[] calldata acceptances) internal view {
        (uint256 index, address worker, address signer) = _firstNotAccepted(policyId, workers, acceptances);
        if (index != acceptances.length) revert WrongAcceptance(index, worker, signer);
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

    /// @dev The first share whose acceptance is not its worker's, or the number of shares. `signer` is zero for an invalid signature, and
    /// for one with s above n / 2 (EIP-2098 as ECDSA.tryRecover of OpenZeppelin takes it); a node without a worker has the zero address.
    ///   digest = keccak256(0x1901 | domain separator | keccak256(type hash | policyId | index))
    function _firstNotAccepted(
        bytes32 policyId,
        uint256 workers,
        Acceptance[] calldata acceptances
    ) private view returns (uint256 index, address worker, address signer) {
        bytes32 domain = _domainSeparatorV4();
        bytes32 typeHash = _ACCEPTANCE_TYPEHASH;
        assembly ("memory-safe") {
            let message := mload(0x40)
            let signed := add(message, 96)
            let recovery := add(message, 192)
            mstore(message, typeHash)
            mstore(add(message, 32), policyId)
            mstore(signed, shl(240, 0x1901))
            mstore(add(signed, 2), domain)
            let acceptance := acceptances.offset
            for {
                index := 0
            } lt(index, acceptances.length) {
                index := add(index, 1)
            } {
                mstore(add(message, 64), index)
                mstore(add(signed, 34), keccak256(message, 96))
                let vs := calldataload(add(acceptance, 32))
                let s := shr(1, shl(1, vs))
                mstore(recovery, keccak256(signed, 66))
                mstore(add(recovery, 32), add(27, shr(255, vs)))
                mstore(add(recovery, 64), calldataload(acceptance))
                mstore(add(recovery, 96), s)
                mstore(0, 0)
                pop(staticcall(gas(), 1, recovery, 128, 0, 32))
                signer := mul(mload(0), iszero(gt(s, _HALF_ORDER)))
                worker := mload(add(workers, mul(index, 32)))
                if or(iszero(signer), xor(signer, worker)) {
                    break
                }
                acceptance := add(acceptance, 64)
            }
        }
    }

    function _requireSignature(address party, bytes32 message, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(party, _hashTypedDataV4(message), signature)) {
            revert NotConsented(party, msg.sender);
        }
    }
}
