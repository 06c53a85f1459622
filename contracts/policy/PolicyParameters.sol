// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";

/// @title The parameters of policies, checked once
abstract contract PolicyParameters is IPolicyManager {
    uint32 private constant _MAX_DURATION = 3650 days;
    uint16 private constant _ALL_BPS = 10_000;

    uint128 internal immutable _collateralPerKey;
    uint128 internal immutable _minFee;
    uint32 internal immutable _minPaid;
    uint32 internal immutable _maxDuration;
    uint32 internal immutable _challengeWindow;
    uint32 internal immutable _revealWindow;
    uint16 internal immutable _leakBurnBps;

    constructor(Parameters memory p, IStakingEscrow escrow) {
        _requireWithin("collateralPerKey", p.collateralPerKey, 1, type(uint128).max);
        _requireWithin("maxDuration", p.maxDuration, 1, _MAX_DURATION);
        _requireWithin("minPaid", p.minPaid, 0, p.maxDuration);
        _requireWithin("challengeWindow", p.challengeWindow, 1, _longestWindow(escrow, p.revealWindow));
        _requireWithin("leakBurnBps", p.leakBurnBps, 1, _ALL_BPS);
        _collateralPerKey = p.collateralPerKey;
        _minFee = p.minFee;
        _minPaid = p.minPaid;
        _maxDuration = p.maxDuration;
        _challengeWindow = p.challengeWindow;
        _revealWindow = p.revealWindow;
        _leakBurnBps = p.leakBurnBps;
    }

    /// @inheritdoc IPolicyManager
    function parameters() external view returns (Parameters memory) {
        return
            Parameters({
                collateralPerKey: _collateralPerKey,
                minFee: _minFee,
                minPaid: _minPaid,
                maxDuration: _maxDuration,
                challengeWindow: _challengeWindow,
                revealWindow: _revealWindow,
                leakBurnBps: _leakBurnBps
            });
    }

    /// @dev Stake that serves a policy to its end must still be there when evidence about its last second is shown:
    /// challengeWindow + revealWindow + 1 period <= unbonding time.
    function _longestWindow(IStakingEscrow escrow, uint256 revealWindow) private view returns (uint256) {
        IStakingEscrow.Parameters memory p = escrow.parameters();
        uint256 unbonding = uint256(p.unbondingPeriods) * p.periodLength;
        uint256 reserved = revealWindow + p.periodLength;
        return unbonding > reserved ? unbonding - reserved : 0;
    }

    function _requireWithin(string memory name, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) revert ParameterOutOfRange(name, value, minimum, maximum);
    }
}
