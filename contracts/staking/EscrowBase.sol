// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {SumTree} from "../libraries/SumTree.sol";

/// @title What the escrow was deployed with, and its clock
abstract contract EscrowBase is IStakingEscrow {
    INKMSToken internal immutable _token;
    address internal immutable _healthCheck;

    uint256 internal immutable _maxSupply;
    uint256 internal immutable _unit;
    uint256 internal immutable _decayFactor;

    uint256 private immutable _periodLength;
    uint256 private immutable _decayPeriods;
    uint256 internal immutable _minDeposit;
    uint256 internal immutable _minLockPeriods;
    uint256 internal immutable _maxLockPeriods;
    uint256 internal immutable _unbondingPeriods;
    uint256 internal immutable _checkShareBps;
    uint256 internal immutable _vestPeriods;

    constructor(INKMSToken token, address healthCheck, Parameters memory chosen) {
        _token = token;
        _healthCheck = healthCheck;
        uint256 maxSupply = token.maxSupply();
        _check("maxSupply", maxSupply, 1, type(uint96).max >> 1);
        _maxSupply = maxSupply;
        _unit = SumTree.unitOf(maxSupply);

        _check("periodLength", chosen.periodLength, 1, 1 << 21);
        _check("decayPeriods", chosen.decayPeriods, 2, 1 << 24);
        _check("minDeposit", chosen.minDeposit, _unit << 8, maxSupply);
        _check("minLockPeriods", chosen.minLockPeriods, 1, chosen.maxLockPeriods);
        _check("maxLockPeriods", chosen.maxLockPeriods, 1, 1 << 15);
        _check("unbondingPeriods", chosen.unbondingPeriods, 1, 1 << 15);
        bool checked = healthCheck != address(0);
        _check("checkShareBps", chosen.checkShareBps, 0, checked ? 5_000 : 0);
        _check("vestPeriods", chosen.vestPeriods, checked ? 1 : 0, checked ? block.timestamp / chosen.periodLength : 0);

        _decayFactor = RewardMath.decayFactor(chosen.decayPeriods);
        _periodLength = chosen.periodLength;
        _decayPeriods = chosen.decayPeriods;
        _minDeposit = chosen.minDeposit;
        _minLockPeriods = chosen.minLockPeriods;
        _maxLockPeriods = chosen.maxLockPeriods;
        _unbondingPeriods = chosen.unbondingPeriods;
        _checkShareBps = chosen.checkShareBps;
        _vestPeriods = chosen.vestPeriods;
    }

    /// @inheritdoc IStakingEscrow
    function parameters() external view returns (Parameters memory) {
        return
            Parameters({
                periodLength: uint32(_periodLength),
                decayPeriods: uint32(_decayPeriods),
                minDeposit: uint96(_minDeposit),
                minLockPeriods: uint16(_minLockPeriods),
                maxLockPeriods: uint16(_maxLockPeriods),
                unbondingPeriods: uint16(_unbondingPeriods),
                checkShareBps: uint16(_checkShareBps),
                vestPeriods: uint16(_vestPeriods)
            });
    }

    /// @inheritdoc IStakingEscrow
    function periodLength() external view returns (uint32) {
        return uint32(_periodLength);
    }

    /// @inheritdoc IStakingEscrow
    function currentPeriod() external view returns (uint32) {
        return uint32(_now());
    }

    /// @inheritdoc IStakingEscrow
    function unit() external view returns (uint256) {
        return _unit;
    }

    /// @dev Periods are kept in 32 bits; a later one is refused by SafeCast, with the bits and the period. Parameters fit their lanes
    /// by the checks of the constructor.
    function _now() internal view returns (uint256) {
        return SafeCast.toUint32(Periods.containing(block.timestamp, _periodLength));
    }

    /// @dev First second of a period.
    function _startOf(uint256 period) internal view returns (uint256) {
        return period * _periodLength;
    }

    /// @dev The first period that begins at `second` or later.
    function _firstFrom(uint40 second) internal view returns (uint256) {
        unchecked {
            return (second + _periodLength - 1) / _periodLength;
        }
    }

    function _check(bytes32 name, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) revert ParameterOutOfRange(name, value, minimum, maximum);
    }
}
