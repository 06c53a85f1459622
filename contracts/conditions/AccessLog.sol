// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IAccessLog} from "../interfaces/IAccessLog.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {Periods} from "../libraries/Periods.sol";

/// @title The access log
/// @dev What it promises is written in IAccessLog.
contract AccessLog is IAccessLog, EIP712 {
    struct Accesses {
        uint216 count;
        uint40 last;
    }

    bytes32 private constant _ACCESS_TYPEHASH = keccak256(
        "Access(bytes32 policyId,bytes32 object,uint256 number,uint256 deadline)"
    );

    mapping(bytes32 policyId => mapping(address requester => Accesses)) private _accesses;

    constructor() EIP712("NKMS AccessLog", "1") {}

    /// @inheritdoc IAccessLog
    function record(
        bytes32 policyId,
        address requester,
        bytes32 object,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (Periods.isOver(deadline, block.timestamp)) revert AccessExpired(deadline, block.timestamp);
        Accesses storage accesses = _accesses[policyId][requester];
        uint216 number = accesses.count;
        bytes32 message = keccak256(abi.encode(_ACCESS_TYPEHASH, policyId, object, number, deadline));
        (address signer, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(message), signature);
        if (signer == address(0) || signer != requester) revert WrongAccessSigner(signer, requester, number);
        accesses.count = number + 1;
        accesses.last = uint40(block.timestamp);
        emit AccessRecorded(policyId, requester, object, number);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32 policyId, address requester, bytes calldata context) external view returns (bool) {
        uint256 validFor = abi.decode(context, (uint256));
        Accesses storage accesses = _accesses[policyId][requester];
        // Before the first entry `last` is zero; a difference cannot overflow, whatever `validFor` is.
        return accesses.count > 0 && block.timestamp - accesses.last < validFor;
    }

    /// @inheritdoc IAccessLog
    function accessesOf(bytes32 policyId, address requester) external view returns (uint256 count, uint40 last) {
        Accesses storage accesses = _accesses[policyId][requester];
        return (accesses.count, accesses.last);
    }
}
