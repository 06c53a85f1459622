// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {SumTree} from "../libraries/SumTree.sol";

/// @title The stake line: nodes side by side, each as wide as its leaf
/// @dev Knows nothing of locks. Its storage comes first in the escrow, so that the tree begins at slot 0. There are 2^18 leaves, so
/// that their numbers, plus one, fit 24 bits; `since` is a period, see `Accounts`.
abstract contract StakeLine is IStakingEscrow {
    using SumTree for SumTree.Tree;

    /// @param nextFree Of a free leaf: the next free one plus one, 0 at the end of the list.
    struct Leaf {
        address node;
        uint32 since;
        uint24 nextFree;
    }

    SumTree.Tree private _tree;
    uint24 private _leafCount;
    /// @dev First free leaf plus one, 0 if none.
    uint24 private _firstFree;
    mapping(uint256 leaf => Leaf) private _leaves;

    /// @inheritdoc IStakingEscrow
    function leafCount() external view returns (uint256) {
        return _leafCount;
    }

    /// @inheritdoc IStakingEscrow
    function leafAt(uint256 leaf) external view returns (address node, uint32 units, uint32 since) {
        Leaf storage held = _leaves[leaf];
        return (held.node, _tree.leafUnits(leaf), held.since);
    }

    /// @inheritdoc IStakingEscrow
    function totalUnits() public view returns (uint256) {
        return _tree.total();
    }

    /// @dev Makes a leaf `units` wide; assigns one to `node` if it has none, takes it back at width 0.
    /// @param holding The node's leaf plus one, 0 if it has none.
    /// @param since First period in which a newly assigned holder can be drawn.
    /// @return The node's leaf plus one, 0 if it has none now.
    function _fit(address node, uint256 holding, uint256 units, uint256 since) internal returns (uint256) {
        if (holding == 0) {
            if (units == 0) return 0;
            holding = _take(node, since);
        }
        uint256 leaf = holding - 1;
        uint256 before = _tree.leafUnits(leaf);
        if (units != before) _tree.add(leaf, int256(units) - int256(before));
        if (units > 0) return holding;
        _leaves[leaf] = Leaf({node: address(0), since: 0, nextFree: _firstFree});
        _firstFree = uint24(holding);
        return 0;
    }

    /// @dev Who lies at point `x` < `totalUnits` of the line, and how far inside its leaf the point is.
    function _select(uint256 x) internal view returns (address node, uint256 offset) {
        uint256 leaf;
        (leaf, offset) = _tree.find(x);
        node = _leaves[leaf].node;
    }

    function _take(address node, uint256 since) private returns (uint256 holding) {
        holding = _firstFree;
        if (holding > 0) {
            _firstFree = _leaves[holding - 1].nextFree;
        } else {
            holding = uint256(_leafCount) + 1;
            if (holding > SumTree._LEAVES) revert StakeLineFull(SumTree._LEAVES);
            _leafCount = uint24(holding);
        }
        _leaves[holding - 1] = Leaf({node: node, since: uint32(since), nextFree: 0});
    }
}
