// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";

/// @dev What a policy manager sees of the escrow: deposits set by the test, reservations kept as the escrow promises.
contract StakingEscrow__MockForPolicies {
    mapping(address node => uint256) public depositOf;
    mapping(address node => uint256) public reservedOf;
    uint256 public returned;

    IStakingEscrow.Parameters private _parameters;
    INKMSToken private _token;

    function setUp(INKMSToken token, uint32 periodLength, uint16 unbondingPeriods) external {
        _token = token;
        _parameters.periodLength = periodLength;
        _parameters.unbondingPeriods = unbondingPeriods;
    }

    function setDeposit(address node, uint256 amount) external {
        depositOf[node] = amount;
    }

    function setSuspended(INodeRegistry registry, address node, bool suspended) external {
        if (suspended) registry.openSuspension(node);
        else registry.closeSuspension(node);
    }

    function reserve(address[] calldata nodes, uint256 amountEach) external {
        for (uint256 i = 0; i < nodes.length; ++i) {
            address node = nodes[i];
            if (depositOf[node] == 0) revert IStakingEscrow.NodeInactive(node);
            uint256 required = reservedOf[node] + amountEach;
            if (depositOf[node] < required) {
                revert IStakingEscrow.InsufficientCollateral(node, depositOf[node], required);
            }
            reservedOf[node] = required;
        }
    }

    function release(address node, uint256 amount) external {
        uint256 reserved = reservedOf[node];
        if (amount > reserved) revert IStakingEscrow.ReleaseAboveReserved(node, amount, reserved);
        reservedOf[node] = reserved - amount;
    }

    function returnToReserve(uint256 amount) external {
        _token.burnFrom(msg.sender, amount);
        returned += amount;
    }

    function parameters() external view returns (IStakingEscrow.Parameters memory) {
        return _parameters;
    }
}
