// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeLine} from "../interfaces/IStakeLine.sol";
import {SumTree} from "../libraries/SumTree.sol";

/// @title The stake line; documented in IStakeLine
contract StakeLine is IStakeLine {
    using SumTree for SumTree.Tree;

    /// @param nextFree Of a free leaf: the next free one plus one, 0 at the end of the list.
    struct Leaf {
        address node;
        uint32 since;
        uint32 nextFree;
    }

    address private immutable _escrow;
    SumTree.Tree private _tree;
    mapping(uint256 leaf => Leaf) private _leaves;
    uint32 private _leafCount;
    /// @dev First free leaf plus one, 0 if none.
    uint32 private _firstFree;

    constructor() {
        _escrow = msg.sender;
    }

    /// @inheritdoc IStakeLine
    function fit(address node, uint32 holding, uint32 units, uint32 since) external returns (uint32) {
        if (msg.sender != _escrow) revert NotEscrow(msg.sender, _escrow);
        if (holding == 0) {
            if (units == 0) return 0;
            holding = _take(node, since) + 1;
        }
        uint32 leaf = holding - 1;
        uint32 before = _tree.leafUnits(leaf);
        if (units != before) _tree.add(leaf, int256(uint256(units)) - int256(uint256(before)));
        if (units > 0) return holding;
        _leaves[leaf] = Leaf({node: address(0), since: 0, nextFree: _firstFree});
        _firstFree = holding;
        return 0;
    }

    /// @inheritdoc IStakeLine
    function totalUnits() external view returns (uint256) {
        return _tree.total();
    }

    /// @inheritdoc IStakeLine
    function leafCount() external view returns (uint256) {
        return _leafCount;
    }

    /// @inheritdoc IStakeLine
    function leafAt(uint256 leaf) external view returns (address node, uint32 units, uint32 since) {
        Leaf memory held = _leaves[leaf];
        return (held.node, _tree.leafUnits(leaf), held.since);
    }

    /// @inheritdoc IStakeLine
    function select(uint256 x) external view returns (address node, uint256 offset) {
        uint256 leaf;
        (leaf, offset) = _tree.find(x);
        node = _leaves[leaf].node;
    }

    function _take(address node, uint32 since) private returns (uint32 leaf) {
        if (_firstFree > 0) {
            leaf = _firstFree - 1;
            _firstFree = _leaves[leaf].nextFree;
        } else {
            leaf = _leafCount;
            if (leaf == SumTree._LEAVES) revert StakeLineFull(SumTree._LEAVES);
            _leafCount = leaf + 1;
        }
        _leaves[leaf] = Leaf({node: node, since: since, nextFree: 0});
    }
}
