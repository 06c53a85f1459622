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
        uint256 units = _lockedFrom(account, current, current + 2) / _unit;
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
        Weights storage weights = account.weights;
        if (weights.suspended) return 0;
        uint256 current = _now();
        uint256 locked = _lockedFrom(account, current, _firstFrom(until));
        unchecked {
            if (weights.since > current) {
                if (weights.span == 0) return 0;
                uint256 added = _addedIn(account, current);
                if (locked < added) return 0;
                locked -= added;
            }
            return locked / _unit;
        }
    }

    /// @dev By how much the coming weight exceeds the present one, what ends with this period set aside: in a period of decisions and
    /// no slash, all that was added, which is never less than nothing. A slash would hide as much of it as it takes.
    function _addedIn(Account storage account, uint256 current) private view returns (uint256) {
        unchecked {
            (, uint256 ending) = _nextOwnEnd(account, account.weights.count, current, current + 1);
            return account.weights.current + ending - account.weights.previous;
        }
    }

    function _contains(address[] memory nodes, address node) private pure returns (bool) {
        for (uint256 i = 0; i < nodes.length; ++i) if (nodes[i] == node) return true;
        return false;
    }
}
