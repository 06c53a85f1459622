// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakingEscrow} from "../../contracts/interfaces/IStakingEscrow.sol";
import {Vm} from "./Vm.sol";

/// @title The escrow as its events tell it, and what they must not tell
/// @dev Broken invariants are noted by name instead of reverting, because a revert would undo the note.
abstract contract ToldEscrow {
    /// @param promisedEnd The latest end that was ever told of these tokens: what a draw relied on.
    struct Told {
        uint256 amount;
        uint256 lockPeriods;
        uint256 endPeriod;
        uint256 promisedEnd;
        bool retired;
    }

    /// @notice Names of broken invariants, empty if none.
    string public broken;
    uint256 public minted;
    uint256 public burned;
    /// @notice Wei that went back to the reserve.
    uint256 public toReserve;
    mapping(address staker => Told[32]) internal _told;
    mapping(address staker => bool) internal _toldSuspended;

    uint256 private immutable _unbondingPeriods;

    constructor(uint256 unbondingPeriods) {
        _unbondingPeriods = unbondingPeriods;
    }

    function told(address staker, uint256 index) external view returns (Told memory) {
        return _told[staker][index];
    }

    function toldSuspended(address staker) external view returns (bool) {
        return _toldSuspended[staker];
    }

    function _require(bool holds, string memory name) internal {
        if (!holds) broken = string.concat(broken, name, "; ");
    }

    /// @dev Follows the events of one call in `period`.
    function _follow(Vm.Log[] memory logs, uint256 period) internal {
        uint256 created = 0;
        uint256 claimed = 0;
        uint256 toProvers = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == IERC20.Transfer.selector) created += _followTransfer(logs[i]);
            else if (topic == IStakingEscrow.RewardClaimed.selector || topic == IStakingEscrow.CheckPaid.selector)
                claimed += abi.decode(logs[i].data, (uint256));
            else if (topic == IStakingEscrow.Slashed.selector) toProvers += _followSlash(logs[i].data);
            else if (topic == IStakingEscrow.RewardForfeited.selector) toReserve += abi.decode(logs[i].data, (uint256));
            else if (topic == IStakingEscrow.ReturnedToReserve.selector)
                toReserve += abi.decode(logs[i].data, (uint256));
            else if (logs[i].topics.length > 1) _followStaker(logs[i], topic, _who(logs[i]), period);
        }
        _require(created >= claimed && created <= claimed + toProvers, "I-T3 mint_authority");
    }

    function _followTransfer(Vm.Log memory log) private returns (uint256 created) {
        uint256 amount = abi.decode(log.data, (uint256));
        if (log.topics[1] == 0) created = amount;
        minted += created;
        if (log.topics[2] == 0) burned += amount;
    }

    function _followSlash(bytes memory data) private returns (uint256 proverPart) {
        uint256 taken;
        uint256 penalty;
        (penalty, taken, proverPart) = abi.decode(data, (uint256, uint256, uint256));
        _require(taken <= penalty && 4 * proverPart <= taken, "I-E7 slash_conservation");
        toReserve += taken - proverPart;
    }

    function _followStaker(Vm.Log memory log, bytes32 topic, address who, uint256 period) private {
        bytes memory data = log.data;
        if (topic == IStakingEscrow.PositionCreated.selector) {
            (uint8 index, uint256 amount, uint16 lock) = abi.decode(data, (uint8, uint256, uint16));
            _told[who][index] = Told(amount, lock, 0, 0, false);
        } else if (topic == IStakingEscrow.PositionIncreased.selector) {
            (uint8 index, uint256 amount) = abi.decode(data, (uint8, uint256));
            _told[who][index].amount += amount;
        } else if (topic == IStakingEscrow.PositionProlonged.selector) {
            (uint8 index, uint16 lock, uint32 end) = abi.decode(data, (uint8, uint16, uint32));
            _require(lock > _told[who][index].lockPeriods, "I-E3 lock_monotone");
            _told[who][index].lockPeriods = lock;
            _moveEnd(_told[who][index], end);
        } else if (topic == IStakingEscrow.PositionDivided.selector) {
            (uint8 index, uint8 newIndex, uint256 amount) = abi.decode(data, (uint8, uint8, uint256));
            _told[who][index].amount -= amount;
            _told[who][newIndex] = _told[who][index];
            _told[who][newIndex].amount = amount;
        } else if (topic == IStakingEscrow.PositionsMerged.selector) {
            _followMerge(who, data);
        } else if (topic == IStakingEscrow.WindDownStarted.selector) {
            (uint8 index, uint32 end) = abi.decode(data, (uint8, uint32));
            _require(end > period + _told[who][index].lockPeriods, "I-E4 no_early_exit");
            _moveEnd(_told[who][index], end);
        } else if (topic == IStakingEscrow.WindDownStopped.selector) {
            _told[who][abi.decode(data, (uint8))].endPeriod = 0;
        } else if (topic == IStakingEscrow.Withdrawn.selector) {
            (uint8 index, uint256 amount) = abi.decode(data, (uint8, uint256));
            Told storage held = _told[who][index];
            bool free = held.endPeriod > 0 && period >= held.endPeriod + _unbondingPeriods;
            _require(free && amount == held.amount, "I-E4 no_early_exit");
            delete _told[who][index];
        } else _followPenalty(topic, who, data);
    }

    function _followMerge(address who, bytes memory data) private {
        (uint8 into, uint8 from, uint16 lock, uint32 end) = abi.decode(data, (uint8, uint8, uint16, uint32));
        _require(into != from, "I-E9 split_merge_conserve");
        Told storage kept = _told[who][into];
        kept.amount += _told[who][from].amount;
        kept.lockPeriods = lock;
        _moveEnd(_told[who][from], end);
        _moveEnd(kept, end);
        kept.promisedEnd = Math.max(kept.promisedEnd, _told[who][from].promisedEnd);
        delete _told[who][from];
    }

    function _followPenalty(bytes32 topic, address who, bytes memory data) private {
        if (topic == IStakingEscrow.PositionSlashed.selector) {
            (uint8 index, uint256 amount, bool retired, uint32 end) = abi.decode(data, (uint8, uint256, bool, uint32));
            Told storage held = _told[who][index];
            held.amount -= amount;
            held.retired = retired;
            _moveEnd(held, end);
            if (held.amount == 0) delete _told[who][index];
        } else if (topic == IStakingEscrow.NodeSuspended.selector) _toldSuspended[who] = true;
        else if (topic == IStakingEscrow.NodeReactivated.selector) _toldSuspended[who] = false;
    }

    /// @dev Stopping to wind down takes an end away; whatever end comes later is not before it.
    function _moveEnd(Told storage held, uint256 end) private {
        _require(end == 0 ? held.endPeriod == 0 : end >= held.promisedEnd, "I-E3 lock_monotone");
        held.endPeriod = end;
        if (end > 0) held.promisedEnd = end;
    }

    function _who(Vm.Log memory log) private pure returns (address) {
        return address(uint160(uint256(log.topics[1])));
    }
}
