// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IStakerConsents} from "../interfaces/IStakerConsents.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";

/// @title Consents of stakers; documented in IStakerConsents
contract StakerConsents is IStakerConsents, EIP712 {
    bytes32 private constant _CREATE_FOR = keccak256(
        "CreateFor(address staker,address funder,uint256 amount,uint256 lockPeriods,uint256 nonce,uint256 deadline)"
    );

    address private immutable _escrow;
    /// @inheritdoc IStakerConsents
    mapping(address staker => uint256) public nonceOf;

    constructor() EIP712("NKMS StakerConsents", "1") {
        _escrow = msg.sender;
    }

    /// @inheritdoc IStakerConsents
    function accept(
        address staker,
        address funder,
        uint256 amount,
        uint256 lockPeriods,
        uint256 deadline,
        bytes calldata consent
    ) external {
        if (msg.sender != _escrow) revert IStakingEscrow.NotAllowed(msg.sender);
        if (Periods.isOver(deadline, block.timestamp)) revert IStakingEscrow.ConsentExpired(deadline, block.timestamp);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(_CREATE_FOR, staker, funder, amount, lockPeriods, nonceOf[staker]++, deadline))
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(staker, digest, consent))
            revert IStakingEscrow.InvalidConsent(staker);
    }
}
