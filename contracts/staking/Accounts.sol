// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {SupplyLaw} from "./SupplyLaw.sol";

/// @title What the escrow keeps of a staker, and the weight that follows from it
/// @dev A position is *live* if it has weight in the next period: not retired, and re-locking or ending after it. Only live
/// positions can be changed; what ends earlier has left the schedule or will, untouched.
///
/// Why what is cast fits its lane. Amounts of a call are at most maxSupply < 2^95, or the call fails; deposits, weights and what is
/// reserved stay within the supply, and within twice as much until the tokens of a call arrive, which is below 2^96 still.
/// Positions count to 32, leaves and nodes to 2^18, locks to 2^15 periods. A fixed end is never later than winding down from now
/// on would make it, and that is at most lock + 7 periods after the present: prolonging adds as much to the lock as to the end, a
/// merge keeps the later end and the longer lock. So ends are below 2^32 until 2^16 periods before the last that `_now` knows: for
/// 130 years with periods of a second, for millennia with periods of a minute. Seconds are below 2^40 until the year 30,000: such
/// an end is less than 2^16 periods of at most 2^21 s ahead. Sums of own positions are left unchecked for the same reasons.
abstract contract Accounts is SupplyLaw {
    /// @param accumulator Where the open stretch of constant weight began and the previous one ended.
    /// @param balance Wei of closed stretches, less what is set apart in `Provisional` and what was paid.
    /// @param leaf Leaf on the stake line plus one, 0 if none.
    /// @param held Whether `Provisional` counts; what stands there otherwise is out of date.
    struct Stretch {
        uint128 accumulator;
        int96 balance;
        uint24 leaf;
        bool held;
    }

    /// @param current Weight from `since` on, up to the next end of an own position.
    /// @param previous Weight in the `span` periods before `since`, and in the last of them at least.
    /// @param span At most 255 are counted; 0 if a slash is among the decisions that take effect at `since`.
    /// @param count One more than the highest position in use.
    /// @param unsplit Whether `balance` contains what is not vested yet of the stretch that ended at `since`.
    struct Weights {
        uint96 current;
        uint96 previous;
        uint32 since;
        uint8 span;
        uint8 count;
        bool suspended;
        bool unsplit;
    }

    /// @param latest Set apart of closed stretches, earned in vesting epoch `epoch`; while suspended, all that accrued since.
    /// @param former The same, in the epoch before.
    struct Provisional {
        uint96 latest;
        uint96 former;
        uint32 epoch;
    }

    /// @param reserved Collateral reserved by policies.
    /// @param suspendedAt Second in which the latest suspension began.
    /// @param strikes Suspensions in a row, each less than 30 periods after the one before; at most 255 are counted.
    struct Standing {
        uint96 reserved;
        uint40 suspendedAt;
        uint8 strikes;
    }

    struct Account {
        Stretch stretch;
        Weights weights;
        Provisional provisional;
        Standing standing;
        Position[32] positions;
    }

    /// @dev More positions than this are refused.
    uint8 internal constant _MAX_POSITIONS = 32;

    /// @dev The end of a position that re-locks.
    uint256 internal constant _FOREVER = type(uint32).max;

    mapping(address staker => Account) internal _accounts;

    /// @inheritdoc IStakingEscrow
    function position(address staker, uint8 index) external view returns (Position memory) {
        return _accounts[staker].positions[index];
    }

    /// @inheritdoc IStakingEscrow
    function positionCount(address staker) external view returns (uint8) {
        return _accounts[staker].weights.count;
    }

    /// @inheritdoc IStakingEscrow
    function depositOf(address staker) external view returns (uint256) {
        Account storage account = _accounts[staker];
        return _deposit(account, account.weights.count);
    }

    /// @inheritdoc IStakingEscrow
    function reservedOf(address node) external view returns (uint256) {
        return _accounts[node].standing.reserved;
    }

    /// @inheritdoc IStakingEscrow
    function lockedAt(address staker, uint32 period) external view returns (uint256) {
        uint256 current = _now();
        Account storage account = _accounts[staker];
        unchecked {
            if (period > current) return _lockedFrom(account, current, uint256(period) + 1);
            uint256 first = current - 1;
            if (account.weights.since > current && account.weights.span < 2) ++first;
            if (period < first) revert PeriodOutOfReach(period, uint32(first), type(uint32).max);
            return _weightAt(account, period);
        }
    }

    /// @inheritdoc IStakingEscrow
    function lockedUntil(address node) external view returns (uint40) {
        Account storage account = _accounts[node];
        (uint256 count, uint256 current) = (account.weights.count, _now());
        uint256 latest = 0;
        for (uint256 i = 0; i < count; ++i) {
            Position storage held = account.positions[i];
            if (held.amount > 0 && !held.retired) latest = Math.max(latest, _firmEnd(held, current));
        }
        return Periods.isOver(latest, current) ? 0 : uint40(_startOf(latest));
    }

    /// @inheritdoc IStakingEscrow
    function isActive(address node) external view returns (bool) {
        return _isActive(_accounts[node], _now());
    }

    /// @inheritdoc IStakingEscrow
    function isSuspended(address node) external view returns (bool) {
        return _accounts[node].weights.suspended;
    }

    /// @dev Writes a position in one go; fields as in `Position`.
    function _put(Position storage held, uint256 amount, uint256 lockPeriods, uint256 end, bool retired) internal {
        uint256 word = amount | (lockPeriods << 96) | (end << 112);
        if (retired) word |= 1 << 144;
        assembly ("memory-safe") {
            sstore(held.slot, word)
        }
    }

    /// @dev Whether a position has weight in the current period, and the node is not suspended. Mostly the first one answers.
    function _isActive(Account storage account, uint256 current) internal view returns (bool) {
        Weights storage weights = account.weights;
        if (weights.suspended) return false;
        if (weights.since > current) return weights.previous > 0;
        uint256 count = weights.count;
        for (uint256 i = 0; i < count; ++i) {
            Position storage held = account.positions[i];
            if (held.amount > 0 && !held.retired && (held.endPeriod == 0 || held.endPeriod > current)) return true;
        }
        return false;
    }

    function _deposit(Account storage account, uint256 count) internal view returns (uint256 amount) {
        unchecked {
            for (uint256 i = 0; i < count; ++i) amount += account.positions[i].amount;
        }
    }

    /// @dev What is live in `current` and ends in `period` or later, even if everything began to wind down now.
    function _lockedFrom(
        Account storage account,
        uint256 current,
        uint256 period
    ) internal view returns (uint256 amount) {
        uint256 count = account.weights.count;
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                Position storage held = account.positions[i];
                if (_liveUntil(held, current + 1) > 0 && _firmEnd(held, current) >= period) amount += held.amount;
            }
        }
    }

    /// @dev The first end of own positions in (`after_`, `to`] and their amount; (_FOREVER, 0) if there is none.
    function _nextOwnEnd(
        Account storage account,
        uint256 count,
        uint256 after_,
        uint256 to
    ) internal view returns (uint256 end, uint256 amount) {
        end = _FOREVER;
        for (uint256 i = 0; i < count; ++i) {
            Position storage held = account.positions[i];
            uint256 own = held.endPeriod;
            if (own <= after_ || own > to || own > end || held.retired) continue;
            unchecked {
                amount = own < end ? held.amount : amount + held.amount;
            }
            end = own;
        }
    }

    /// @dev Until when the node counts among the active ones, seen from `next` on: the latest `_liveUntil`; 0 if it is suspended.
    function _activeUntil(
        Account storage account,
        uint256 count,
        bool suspended,
        uint256 next
    ) internal view returns (uint256 last) {
        if (suspended) return 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 end = _liveUntil(account.positions[i], next);
            if (end == _FOREVER) return end;
            if (end > last) last = end;
        }
    }

    /// @dev The end of a position that is live in `next`, the next period; _FOREVER if it re-locks, 0 if it is not live.
    function _liveUntil(Position storage held, uint256 next) internal view returns (uint256 end) {
        end = held.endPeriod;
        if (held.amount == 0 || held.retired) return 0;
        if (end == 0) return _FOREVER;
        if (Periods.isOver(end, next)) return 0;
    }

    /// @dev The end as it is fixed or would be if winding down began now.
    function _firmEnd(Position storage held, uint256 current) internal view returns (uint256 end) {
        end = held.endPeriod;
        if (end == 0) end = Periods.endOfLock(current, held.lockPeriods);
    }

    /// @dev Weight in the current period, or in the one before if it is not forgotten.
    function _weightAt(Account storage account, uint256 period) private view returns (uint256 weight) {
        Weights storage weights = account.weights;
        (uint256 count, uint256 since) = (weights.count, weights.since);
        if (since > period) return weights.previous;
        weight = weights.current;
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                Position storage held = account.positions[i];
                uint256 end = held.endPeriod;
                if (end > since && end <= period && !held.retired) weight -= held.amount;
            }
        }
    }
}
