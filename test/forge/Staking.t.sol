// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../../contracts/interfaces/IStakingEscrow.sol";
import {StakingEscrow} from "../../contracts/staking/StakingEscrow.sol";
import {NKMSToken} from "../../contracts/token/NKMSToken.sol";
import {StakingHandler} from "./StakingHandler.sol";
import {ToldEscrow} from "./ToldEscrow.sol";
import {VM} from "./Vm.sol";

/// @title The invariants of docs/protocol.md on token, escrow and stake line, after every step of StakingHandler
/// @dev Each is checked in a campaign of its own. I-E3, E4, E5, E6, E7, E8, E9, E11, E12, E14, E15, E16, I-T3 and T4 speak of single
/// steps: the handler checks them and notes what is broken.
abstract contract StakingInvariants {
    uint256 private constant _MINIMUM = 15_000e18;

    StakingHandler internal handler;
    NKMSToken private token;
    StakingEscrow private escrow;

    function setUp() public {
        handler = _handler();
        token = handler.token();
        escrow = handler.escrow();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev I-X2 exit_always, at the end of each run: with everybody else silent, and the collateral of policies released, which
    /// their final claims do, open to all, all principal and all dues are paid out. A wind-down may need `advance` first.
    function afterInvariant() public {
        while (!escrow.advance()) {}
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            address staker = handler.staker(i);
            uint256 reserved = escrow.reservedOf(staker);
            VM.prank(handler.roles());
            escrow.release(staker, reserved);
            for (uint8 j = 0; j < 32; ++j) {
                IStakingEscrow.Position memory held = escrow.position(staker, j);
                if (held.amount == 0 || held.endPeriod != 0) continue;
                VM.prank(staker);
                escrow.startWindDown(j);
            }
        }
        VM.warp(block.timestamp + 1_000 * 1_000);
        while (!escrow.advance()) {}
        for (uint256 i = 0; i < handler.STAKERS(); ++i) _leave(handler.staker(i));
        require(token.balanceOf(address(escrow)) == handler.donated(), "I-X2 exit_always");
        require(escrow.totalLocked() == 0 && escrow.activeNodesAt(escrow.currentPeriod()) == 0, "I-X2 exit_always");
        require(token.totalSupply() <= escrow.allocatedSupply(), "I-T2 supply_cap");
    }

    function invariant_steps_hold() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_T1_supply_sum_X1_global_value() public view {
        uint256 sum = token.balanceOf(address(escrow)) + token.balanceOf(address(handler));
        sum += token.balanceOf(handler.roles()) + token.balanceOf(handler.stranger());
        for (uint256 i = 0; i < handler.STAKERS(); ++i) sum += token.balanceOf(handler.staker(i));
        require(sum == token.totalSupply(), "I-T1 supply_sum, I-X1 global_value");
    }

    function invariant_T2_supply_cap() public view {
        uint256 supply = token.totalSupply();
        require(supply == handler.minted() - handler.burned(), "I-T2 supply_cap: burns");
        require(supply <= escrow.allocatedSupply() && supply <= token.maxSupply(), "I-T2 supply_cap");
    }

    function invariant_T3_mint_authority() public {
        for (uint256 i = 0; i < handler.STAKERS() + 3; ++i) {
            VM.prank(_somebody(i));
            (bool made, ) = address(token).call(abi.encodeCall(token.mint, (address(this), 1)));
            require(!made, "I-T3 mint_authority");
        }
        require(token.escrow() == address(escrow), "I-T3 mint_authority");
        _requireSteps();
    }

    function invariant_T4_allowance_exact() public view {
        _requireSteps();
    }

    function invariant_E1_escrow_solvency() public view {
        uint256 deposits = 0;
        for (uint256 i = 0; i < handler.STAKERS(); ++i) deposits += escrow.depositOf(handler.staker(i));
        require(token.balanceOf(address(escrow)) == deposits + handler.donated(), "I-E1 escrow_solvency");
    }

    function invariant_E2_deposit_sum() public view {
        uint256 sum = 0;
        for (uint256 leaf = 0; leaf < escrow.leafCount(); ++leaf) {
            (address node, uint32 units, ) = escrow.leafAt(leaf);
            require(escrow.drawableUnits(node, 0) <= units, "I-E2 deposit_sum: a leaf is an upper bound");
            sum += units;
        }
        require(sum == escrow.totalUnits(), "I-E2 deposit_sum: root");
        (uint256 present, uint256 next) = (0, 0);
        uint32 period = escrow.currentPeriod();
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            present += escrow.lockedAt(handler.staker(i), period);
            next += escrow.lockedAt(handler.staker(i), period + 1);
        }
        require(present == escrow.totalLocked() && next == escrow.totalLockedAt(period + 1), "I-E2 deposit_sum: D");
    }

    function invariant_E3_lock_monotone_E4_no_early_exit() public view {
        _requireSteps();
    }

    function invariant_E5_to_E8_slashes() public view {
        _requireSteps();
    }

    function invariant_E9_split_merge_conserve() public view {
        _requireSteps();
    }

    /// @dev R is never less than by the formulas, and more by a wei for each rounding at most.
    function invariant_E10_mint_bound() public view {
        uint256 lawful = handler.lawfulSupply() >> 96;
        uint256 remaining = escrow.remainingSupply();
        require(remaining >= lawful, "I-E10 mint_bound: more is allocated than the law says");
        require(remaining <= lawful + handler.roundings(), "I-E10 mint_bound: less is allocated than the law says");
    }

    function invariant_E11_mint_decay_accuracy() public view {
        _requireSteps();
    }

    function invariant_E12_mint_once_E14_claim_invariance() public view {
        _requireSteps();
    }

    /// @dev All that is owed and paid stays within what was allocated; the open period may be owed already (I-E13).
    function invariant_E13_reward_share() public view {
        uint256 owed = escrow.checkPot();
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            address staker = handler.staker(i);
            owed += escrow.claimable(staker) + escrow.provisional(staker);
        }
        require(token.totalSupply() + owed <= escrow.allocatedSupply() + escrow.rewardRate(), "I-E13 reward_share");
    }

    function invariant_E15_no_flash_weight() public view {
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            address staker = handler.staker(i);
            uint256 weight = escrow.lockedAt(staker, escrow.currentPeriod());
            require(escrow.drawableUnits(staker, 0) <= weight / escrow.unit(), "I-E15 no_flash_weight");
        }
        _requireSteps();
    }

    function invariant_E16_stranger_no_effect() public view {
        _requireSteps();
    }

    function invariant_E17_min_stake_or_out() public view {
        uint32 next = escrow.currentPeriod() + 1;
        uint256 nodes = 0;
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            address staker = handler.staker(i);
            uint256 weight = 0;
            for (uint8 j = 0; j < escrow.positionCount(staker); ++j) {
                IStakingEscrow.Position memory held = escrow.position(staker, j);
                bool live = !held.retired && (held.endPeriod == 0 || held.endPeriod > next);
                if (held.amount > 0 && live) require(held.amount >= _MINIMUM, "I-E17 min_stake_or_out");
                if (live) weight += held.amount;
            }
            require(escrow.lockedAt(staker, next) == weight, "I-E17 min_stake_or_out: weight");
            if (weight > 0 && !escrow.isSuspended(staker)) ++nodes;
        }
        require(escrow.activeNodesAt(next) == nodes, "I-E17 min_stake_or_out: N");
    }

    function invariant_E18_donation_inert() public view {
        _requireSteps();
    }

    function invariant_X3_event_complete() public view {
        for (uint256 i = 0; i < handler.STAKERS(); ++i) {
            address staker = handler.staker(i);
            for (uint8 j = 0; j < 32; ++j) {
                IStakingEscrow.Position memory held = escrow.position(staker, j);
                ToldEscrow.Told memory told = handler.told(staker, j);
                bool same = told.amount == held.amount && told.endPeriod == held.endPeriod;
                same = same && told.lockPeriods == held.lockPeriods && told.retired == held.retired;
                require(same, "I-X3 event_complete");
            }
            require(handler.toldSuspended(staker) == escrow.isSuspended(staker), "I-X3 event_complete");
        }
    }

    function _somebody(uint256 index) private view returns (address) {
        if (index < handler.STAKERS()) return handler.staker(index);
        if (index == handler.STAKERS()) return handler.roles();
        return index == handler.STAKERS() + 1 ? handler.stranger() : address(this);
    }

    function _handler() internal virtual returns (StakingHandler);

    function _leave(address staker) private {
        for (uint8 j = 0; j < 32; ++j) {
            if (escrow.position(staker, j).amount == 0) continue;
            VM.prank(staker);
            escrow.withdraw(j);
        }
        uint256 due = escrow.claimable(staker);
        uint256 balance = token.balanceOf(staker);
        VM.prank(staker);
        escrow.claim();
        require(token.balanceOf(staker) == balance + due, "I-X2 exit_always");
        require(escrow.depositOf(staker) == 0, "I-X2 exit_always");
    }

    function _requireSteps() private view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }
}

contract FederatedStakingTest is StakingInvariants {
    function _handler() internal override returns (StakingHandler) {
        return new StakingHandler(false);
    }
}

contract CheckedStakingTest is StakingInvariants {
    function _handler() internal override returns (StakingHandler) {
        return new StakingHandler(true);
    }
}
