// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Accounts} from "./Accounts.sol";
import {StakeLine} from "./StakeLine.sol";

/// @title Keeping leaves and drawing nodes
/// @dev A leaf is floor(weight / unit) of the next period, or more where a lock has ended since: an upper bound which the draw
/// corrects by rejection, so that nobody has to keep it exact.
abstract contract Drawing is StakeLine, Accounts {
    /// @inheritdoc IStakingEscrow
    function trim(address node) external {
        Account storage account = _accounts[node];
        uint256 current = _now();
        uint256 units = _lockedFrom(account, current, current + 1) / _unit;
        account.stretch.leaf = uint24(_fit(node, account.stretch.leaf, units, current + 1));
    }

    /// @inheritdoc IStakingEscrow
    function sample(
        uint256 n,
        uint256[] calldata randoms,
        uint40 until
    ) external view returns (address[] memory nodes) {
        nodes = new address[](n);
        uint256 units = totalUnits();
        if (units == 0) revert StakeLineEmpty();
        uint256 found = 0;
        for (uint256 i = 0; found < n; ++i) {
            if (i == randoms.length) revert RandomsExhausted(found, n);
            (address node, uint256 offset) = _select(randoms[i] % units);
            if (!_contains(nodes, node) && offset < drawableUnits(node, until)) nodes[found++] = node;
        }
    }

    /// @inheritdoc IStakingEscrow
    function drawableUnits(address node, uint40 until) public view returns (uint256) {
        Account storage account = _accounts[node];
        if (account.weights.suspended) return 0;
        (uint256 count, uint256 current) = (account.weights.count, _now());
        uint256 locked = 0;
        for (uint256 i = 0; i < count; ++i) {
            Position storage held = account.positions[i];
            if (_liveUntil(held, current + 1) > 0 && _startOf(_firmEnd(held, current)) >= until) locked += held.amount;
        }
        uint256 added = _addedIn(account, current);
        return locked > added ? (locked - added) / _unit : 0;
    }

    /// @dev By how much the coming weight exceeds the present one, what ends with this period set aside. Without a slash in this
    /// period that is all that was added in it. A slash lowers the coming weight alone: additions that only replace what it takes
    /// do not count, whichever came first, and what can be drawn is never more than the present weight.
    function _addedIn(Account storage account, uint256 current) private view returns (uint256) {
        Weights storage weights = account.weights;
        if (weights.since <= current) return 0;
        (, uint256 ending) = _nextOwnEnd(account, weights.count, current, current + 1);
        uint256 coming = weights.current + ending;
        return coming > weights.previous ? coming - weights.previous : 0;
    }

    function _contains(address[] memory nodes, address node) private pure returns (bool) {
        for (uint256 i = 0; i < nodes.length; ++i) if (nodes[i] == node) return true;
        return false;
    }
}
