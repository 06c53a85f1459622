// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {Penalties} from "./Penalties.sol";
import {SupplyLaw} from "./SupplyLaw.sol";

/// @title The staking escrow; documented in IStakingEscrow
/// @dev Built of parts with one idea each: the supply law, accounts, rewards, the stake line, the staker's verbs and what others
/// may do. Here they are wired, and consent is checked.
contract StakingEscrow is Penalties, EIP712 {
    bytes32 private constant _CREATE_FOR = keccak256(
        "CreateFor(address staker,address funder,uint256 amount,uint256 lockPeriods,uint256 nonce,uint256 deadline)"
    );

    mapping(address staker => uint256) private _consentNonces;

    /// @param token Already deployed, with this address as its escrow.
    /// @param policyManager May reserve collateral; zero if there is none.
    /// @param healthCheck May suspend; zero if there is none.
    /// @param slashers May slash: the challenge contracts.
    constructor(
        INKMSToken token,
        INodeRegistry nodeRegistry,
        address policyManager,
        address healthCheck,
        address[] memory slashers,
        Parameters memory chosen
    )
        EscrowBase(token, healthCheck, chosen)
        SupplyLaw(token.totalSupply())
        Penalties(nodeRegistry, policyManager, slashers)
        EIP712("NKMS StakingEscrow", "1")
    {
        if (token.escrow() != address(this)) revert WrongEscrow(token.escrow(), address(this));
    }

    /// @inheritdoc IStakingEscrow
    function createFor(
        address staker,
        uint128 amount,
        uint16 lockPeriods,
        uint256 deadline,
        bytes calldata consent
    ) external returns (uint8 index) {
        if (Periods.isOver(deadline, block.timestamp)) revert ConsentExpired(deadline, block.timestamp);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(_CREATE_FOR, staker, msg.sender, amount, lockPeriods, _consentNonces[staker]++, deadline)
            )
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(staker, digest, consent)) revert InvalidConsent(staker);
        return _create(staker, msg.sender, amount, lockPeriods);
    }

    /// @inheritdoc IStakingEscrow
    function consentNonce(address staker) external view returns (uint256) {
        return _consentNonces[staker];
    }
}
