// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Hostile__Mock} from "./Hostile__Mock.sol";

/// @notice Token, escrow and registry of a policy manager. A node has the worker it was given, and is suspended
/// in every fourth second.
contract HostilePolicyPeers__Mock is Hostile__Mock {
    mapping(address node => address) public workerOf;

    constructor(address manager) Hostile__Mock(manager) {}

    function setWorker(address node, address worker) external {
        workerOf[node] = worker;
    }

    function approve(address, uint256) external pure returns (bool) {
        return true;
    }

    function reserve(address[] calldata nodes, uint256 amountEach) external {
        _move(nodes.length * amountEach);
    }

    function release(address, uint256 amount) external {
        _move(amount);
    }

    function returnToReserve(uint256 amount) external {
        _move(amount);
    }

    function workersOf(address[] calldata nodes) external view returns (address[] memory workers) {
        workers = new address[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) workers[i] = workerOf[nodes[i]];
    }

    function serviceOf(address node, uint40 from, uint40 to) external view returns (address worker, uint256 suspended) {
        return (workerOf[node], to / 4 - from / 4);
    }

    function parameters() external pure returns (IStakingEscrow.Parameters memory p) {
        p.periodLength = 1_000;
        p.unbondingPeriods = 10;
    }
}
