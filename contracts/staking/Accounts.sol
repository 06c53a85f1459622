// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {SupplyLaw} from "./SupplyLaw.sol";

/// @title What the escrow keeps of a staker, and the weight that follows from it
/// @dev A position is *live* if it has weight in the next period: not retired, and re-locking or ending after it. Only live
/// positions can be changed; what ends earlier has left the schedule or will, untouched.
abstract contract Accounts is SupplyLaw {
    /// @param accumulator Where the open stretch of constant weight began.
    /// @param balance Vested wei of closed stretches, less what was paid out of the open one.
    /// @param leaf Leaf on the stake line plus one, 0 if none.
    struct Stretch {
        uint128 accumulator;
        int96 balance;
        uint32 leaf;
    }

    /// @param current Weight from `since` on, up to the next end of an own position.
    /// @param previous Weight in the `span` periods before `since`.
    /// @param count One more than the highest position in use.
    struct Weights {
        uint96 current;
        uint96 previous;
        uint32 since;
        uint16 span;
        uint8 count;
        bool suspended;
    }

    /// @param latest Of closed stretches, earned in vesting epoch `epoch`; while suspended, all that accrued since.
    /// @param former The same, in the epoch before.
    struct Provisional {
        uint96 latest;
        uint96 former;
        uint32 epoch;
    }

    /// @param reserved Collateral reserved by policies.
    /// @param suspendedAt Second in which the latest suspension began.
    /// @param strikes Suspensions in a row, each less than 30 periods after the one before.
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

    /// @dev In place of the period in which a node's last live position ends, while one re-locks.
    uint32 internal constant _FOREVER = type(uint32).max;

    mapping(address staker => Account) internal _accounts;

    /// @inheritdoc IStakingEscrow
    function position(address staker, uint8 index) external view returns (Position memory) {
        return _positionAt(_accounts[staker], index);
    }

    /// @inheritdoc IStakingEscrow
    function positionCount(address staker) external view returns (uint8) {
        return _accounts[staker].weights.count;
    }

    /// @inheritdoc IStakingEscrow
    function depositOf(address staker) external view returns (uint256) {
        return _deposit(_accounts[staker]);
    }

    /// @inheritdoc IStakingEscrow
    function reservedOf(address node) external view returns (uint256) {
        return _accounts[node].standing.reserved;
    }

    /// @inheritdoc IStakingEscrow
    function lockedAt(address staker, uint32 period) external view returns (uint256) {
        uint32 current = _now();
        if (period < current) revert PeriodOutOfReach(period, current, type(uint32).max);
        Account storage account = _accounts[staker];
        return period == current ? _weightNow(account) : _lockedFrom(account, period);
    }

    /// @inheritdoc IStakingEscrow
    function lockedUntil(address node) external view returns (uint40) {
        Account storage account = _accounts[node];
        uint256 count = account.weights.count;
        uint32 latest = 0;
        for (uint256 i = 0; i < count; ++i) {
            Position memory held = _positionAt(account, i);
            if (held.amount > 0 && !held.retired && _firmEnd(held) > latest) latest = _firmEnd(held);
        }
        return Periods.isOver(latest, _now()) ? 0 : _startOf(latest);
    }

    /// @inheritdoc IStakingEscrow
    function isActive(address node) external view returns (bool) {
        return _isActive(_accounts[node]);
    }

    /// @inheritdoc IStakingEscrow
    function isSuspended(address node) external view returns (bool) {
        return _accounts[node].weights.suspended;
    }

    function _setPosition(Account storage account, uint256 index, Position memory held) internal {
        account.positions[index] = held;
    }

    function _isActive(Account storage account) internal view returns (bool) {
        return !account.weights.suspended && _weightNow(account) > 0;
    }

    function _deposit(Account storage account) internal view returns (uint256 amount) {
        uint256 count = account.weights.count;
        for (uint256 i = 0; i < count; ++i) amount += account.positions[i].amount;
    }

    /// @dev Weight in the current period.
    function _weightNow(Account storage account) internal view returns (uint256 weight) {
        Weights memory weights = _weightsOf(account);
        uint32 current = _now();
        if (weights.since > current) return weights.previous;
        weight = weights.current;
        for (uint256 i = 0; i < weights.count; ++i) {
            Position memory held = _positionAt(account, i);
            if (_endsWithin(held, weights.since, current)) weight -= held.amount;
        }
    }

    /// @dev What is live now and locked in `period`, a later one, even if everything began to wind down now.
    function _lockedFrom(Account storage account, uint32 period) internal view returns (uint256 amount) {
        uint256 count = account.weights.count;
        for (uint256 i = 0; i < count; ++i) {
            Position memory held = _positionAt(account, i);
            if (_isLive(held) && !Periods.isOver(_firmEnd(held), period)) amount += held.amount;
        }
    }

    /// @dev The first end of own positions in (`after_`, `to`] and their amount; (_FOREVER, 0) if there is none.
    function _nextOwnEnd(
        Account storage account,
        uint256 count,
        uint32 after_,
        uint32 to
    ) internal view returns (uint32 end, uint96 amount) {
        end = _FOREVER;
        for (uint256 i = 0; i < count; ++i) {
            Position memory held = _positionAt(account, i);
            if (!_endsWithin(held, after_, to) || held.endPeriod > end) continue;
            amount = held.endPeriod < end ? held.amount : amount + held.amount;
            end = held.endPeriod;
        }
    }

    /// @dev When the last live position ends: _FOREVER if one re-locks, 0 if none is live.
    function _lastEnd(Account storage account, uint256 count) internal view returns (uint32 last) {
        for (uint256 i = 0; i < count; ++i) {
            Position memory held = _positionAt(account, i);
            if (!_isLive(held)) continue;
            if (held.endPeriod == 0) return _FOREVER;
            if (held.endPeriod > last) last = held.endPeriod;
        }
    }

    function _positionAt(Account storage account, uint256 index) internal view returns (Position memory) {
        return account.positions[index];
    }

    function _weightsOf(Account storage account) internal view returns (Weights memory) {
        return account.weights;
    }

    function _isLive(Position memory held) internal view returns (bool) {
        return held.amount > 0 && !held.retired && (held.endPeriod == 0 || !Periods.isOver(held.endPeriod, _now() + 1));
    }

    /// @dev The end as it is fixed or would be if winding down began now.
    function _firmEnd(Position memory held) internal view returns (uint32) {
        return held.endPeriod == 0 ? Periods.endOfLock(_now(), held.lockPeriods) : held.endPeriod;
    }

    function _endsWithin(Position memory held, uint32 after_, uint32 to) private pure returns (bool) {
        return !held.retired && held.endPeriod > after_ && held.endPeriod <= to;
    }
}
