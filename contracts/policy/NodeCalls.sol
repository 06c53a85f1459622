// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";

/// @title Calls about all nodes of a policy
/// @dev The nodes are copied from calldata once, and both calls are made from that copy: selector and head are written in front of
/// it. In words, from where a list begins:
///   workersOf:  -         | selector | 32     | length | nodes
///   reserve:    selector  | 64       | amount | length | nodes
library NodeCalls {
    /// @dev escrow.reserve(nodes, amountEach).
    function reserve(IStakingEscrow escrow, uint256 list, uint256 amountEach) internal {
        bytes4 selector = IStakingEscrow.reserve.selector;
        assembly ("memory-safe") {
            mstore(list, shr(224, selector))
            mstore(add(list, 32), 64)
            mstore(add(list, 64), amountEach)
            let size := add(100, mul(mload(add(list, 96)), 32))
            if iszero(call(gas(), escrow, 0, add(list, 28), size, 0, 0)) {
                let answer := mload(0x40)
                returndatacopy(answer, 0, returndatasize())
                revert(answer, returndatasize())
            }
        }
    }

    /// @dev registry.workersOf(nodes): where in memory the workers stand, a word each.
    function workersOf(INodeRegistry registry, uint256 list) internal view returns (uint256 workers) {
        bytes4 selector = INodeRegistry.workersOf.selector;
        assembly ("memory-safe") {
            let size := add(64, mul(mload(add(list, 96)), 32))
            mstore(add(list, 32), shr(224, selector))
            mstore(add(list, 64), 32)
            let answer := mload(0x40)
            if iszero(staticcall(gas(), registry, add(list, 60), add(size, 4), answer, size)) {
                returndatacopy(answer, 0, returndatasize())
                revert(answer, returndatasize())
            }
            mstore(0x40, add(answer, size))
            workers := add(answer, 64)
        }
    }

    /// @dev `nodes` have no bits above an address.
    function copyOf(address[] calldata nodes) internal pure returns (uint256 list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(add(list, 96), nodes.length)
            calldatacopy(add(list, 128), nodes.offset, mul(nodes.length, 32))
            mstore(0x40, add(add(list, 128), mul(nodes.length, 32)))
        }
    }
}
