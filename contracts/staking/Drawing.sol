// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeLine} from "../interfaces/IStakeLine.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Accounts} from "./Accounts.sol";
import {StakeLine} from "./StakeLine.sol";

/// @title Keeping the stake line and drawing nodes from it
/// @dev A leaf is floor(weight / unit) of the next period, or more where a lock has ended since: an upper bound which the draw
/// corrects by rejection, so that nobody has to keep it exact.
abstract contract Drawing is Accounts {
    /// @inheritdoc IStakingEscrow
    IStakeLine public immutable stakeLine = new StakeLine();

    /// @inheritdoc IStakingEscrow
    function trim(address node) external {
        Account storage account = _accounts[node];
        _fitLeaf(node, account, _lockedFrom(account, _now() + 1));
    }

    /// @inheritdoc IStakingEscrow
    function sample(
        uint256 n,
        uint256[] calldata randoms,
        uint40 until
    ) external view returns (address[] memory nodes) {
        nodes = new address[](n);
        uint256 units = stakeLine.totalUnits();
        if (units == 0) revert StakeLineEmpty();
        uint256 found = 0;
        for (uint256 i = 0; found < n; ++i) {
            if (i == randoms.length) revert RandomsExhausted(found, n);
            (address node, uint256 offset) = stakeLine.select(randoms[i] % units);
            if (!_contains(nodes, node) && offset < drawableUnits(node, until)) nodes[found++] = node;
        }
    }

    /// @inheritdoc IStakingEscrow
    function drawableUnits(address node, uint40 until) public view returns (uint256) {
        Account storage account = _accounts[node];
        if (account.weights.suspended) return 0;
        uint256 locked = 0;
        uint256 count = account.weights.count;
        for (uint256 i = 0; i < count; ++i) {
            Position memory held = _positionAt(account, i);
            if (_isLive(held) && _startOf(_firmEnd(held)) >= until) locked += held.amount;
        }
        uint256 added = _addedNow(account);
        return locked > added ? (locked - added) / _unit : 0;
    }

    /// @dev Makes the leaf of `staker` as wide as `weight`.
    function _fitLeaf(address staker, Account storage account, uint256 weight) internal {
        uint32 holding = account.stretch.leaf;
        uint32 fitted = stakeLine.fit(staker, holding, uint32(weight / _unit), _now() + 1);
        if (fitted != holding) account.stretch.leaf = fitted;
    }

    /// @dev What was added to live positions in this period: weight in the next one less what of the present weight lasts.
    function _addedNow(Account storage account) private view returns (uint256) {
        Weights memory weights = _weightsOf(account);
        uint32 next = _now() + 1;
        if (weights.since < next) return 0;
        (, uint256 ending) = _nextOwnEnd(account, weights.count, next - 1, next);
        uint256 coming = weights.current + ending;
        return coming > weights.previous ? coming - weights.previous : 0;
    }

    function _contains(address[] memory nodes, address node) private pure returns (bool) {
        for (uint256 i = 0; i < nodes.length; ++i) if (nodes[i] == node) return true;
        return false;
    }
}
