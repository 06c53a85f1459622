// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SumTree} from "../libraries/SumTree.sol";

/// @title The sum tree alone, with the gas of its operations
contract SumTree__Harness {
    using SumTree for SumTree.Tree;

    SumTree.Tree private _tree;

    event Measured(uint256 gas);

    function add(uint256 leaf, int256 difference) external {
        uint256 before = gasleft();
        _tree.add(leaf, difference);
        emit Measured(before - gasleft());
    }

    function measureFind(uint256 x) external {
        uint256 before = gasleft();
        _tree.find(x);
        emit Measured(before - gasleft());
    }

    function find(uint256 x) external view returns (uint256 leaf, uint256 offset) {
        return _tree.find(x);
    }

    function leafUnits(uint256 leaf) external view returns (uint32) {
        return _tree.leafUnits(leaf);
    }

    function total() external view returns (uint256) {
        return _tree.total();
    }

    function unitOf(uint256 maxSupply) external pure returns (uint256) {
        return SumTree.unitOf(maxSupply);
    }
}
