// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPayToReadShop} from "../interfaces/IPayToReadShop.sol";

/// @notice A seller whose way of receiving ether is chosen by the test.
contract Seller__Mock {
    enum Mode {
        Take,
        Revert,
        ReturnMuch,
        Reenter,
        BurnGas
    }

    Mode public mode;
    /// How often ether arrived.
    uint256 public receipts;

    receive() external payable {
        receipts += 1;
        require(mode != Mode.Revert);
        if (mode == Mode.BurnGas) _burnGas();
        if (mode == Mode.Reenter) IPayToReadShop(msg.sender).withdraw();
        if (mode == Mode.ReturnMuch) _returnMuch();
    }

    function setMode(Mode next) external {
        mode = next;
    }

    function offer(IPayToReadShop shop, bytes32 item, uint256 price) external {
        shop.setPrice(item, price);
    }

    function withdraw(IPayToReadShop shop) external returns (uint256) {
        return shop.withdraw();
    }

    function _burnGas() private pure {
        assembly {
            invalid()
        }
    }

    function _returnMuch() private pure {
        assembly {
            return(0, 1000000)
        }
    }
}
