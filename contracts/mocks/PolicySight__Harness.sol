// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";

/// @notice Everything that a call about one policy can change, seen in one call.
contract PolicySight__Harness {
    struct Sight {
        uint256 supply;
        uint256[] balances;
        uint256[] reserved;
        bool[] suspended;
        IPolicyManager.State state;
        uint32[] lanes;
    }

    INKMSToken private immutable _token;
    IStakingEscrow private immutable _escrow;
    INodeRegistry private immutable _registry;
    IPolicyManager private immutable _manager;

    constructor(INKMSToken token, IStakingEscrow escrow, INodeRegistry registry, IPolicyManager manager) {
        _token = token;
        _escrow = escrow;
        _registry = registry;
        _manager = manager;
    }

    /// @notice What is left when everybody has taken what is due at the end of all windows; for eth_call at that second.
    function drained(
        IPolicyManager.Policy calldata policy,
        address[] calldata accounts
    ) external returns (Sight memory) {
        try _manager.returnBounty(policy) returns (uint256) {} catch {}
        for (uint256 i = 0; i < policy.nodes.length; ++i) {
            try _manager.finalClaim(policy, i) returns (uint256) {} catch {}
        }
        return see(policy, accounts);
    }

    function see(
        IPolicyManager.Policy calldata policy,
        address[] calldata accounts
    ) public view returns (Sight memory sight) {
        bytes32 policyId = _manager.policyIdOf(policy);
        uint256 nodes = policy.nodes.length;
        sight.supply = _token.totalSupply();
        sight.state = _manager.policyState(policyId);
        sight.balances = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) sight.balances[i] = _token.balanceOf(accounts[i]);
        sight.reserved = new uint256[](nodes);
        sight.suspended = new bool[](nodes);
        sight.lanes = new uint32[](nodes);
        for (uint256 i = 0; i < nodes; ++i) {
            sight.reserved[i] = _escrow.reservedOf(policy.nodes[i]);
            sight.suspended[i] = _registry.isSuspended(policy.nodes[i]);
            (sight.lanes[i], ) = _manager.laneOf(policyId, i);
        }
    }
}
