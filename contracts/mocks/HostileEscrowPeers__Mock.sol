// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hostile__Mock} from "./Hostile__Mock.sol";

/// @notice Token and registry of a staking escrow.
contract HostileEscrowPeers__Mock is Hostile__Mock {
    uint256 public immutable totalSupply;
    uint256 public immutable maxSupply;

    constructor(address escrow_, uint256 totalSupply_, uint256 maxSupply_) Hostile__Mock(escrow_) {
        totalSupply = totalSupply_;
        maxSupply = maxSupply_;
    }

    function openSuspension(address) external {
        _move(1);
    }

    function closeSuspension(address) external {
        _move(1);
    }

    function escrow() external view returns (address) {
        return attacked;
    }
}
