// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakerConsents} from "../interfaces/IStakerConsents.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {EscrowBase} from "./EscrowBase.sol";
import {Penalties} from "./Penalties.sol";
import {StakerConsents} from "./StakerConsents.sol";
import {SupplyLaw} from "./SupplyLaw.sol";

/// @title The staking escrow; documented in IStakingEscrow
/// @dev Built of parts with one idea each: the supply law, accounts, rewards, the stake line, the staker's verbs and what others
/// may do. Here they are wired.
contract StakingEscrow is Penalties {
    /// @inheritdoc IStakingEscrow
    IStakerConsents public immutable stakerConsents = new StakerConsents();

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
        stakerConsents.accept(staker, msg.sender, amount, lockPeriods, deadline, consent);
        return _create(staker, msg.sender, amount, lockPeriods);
    }
}
