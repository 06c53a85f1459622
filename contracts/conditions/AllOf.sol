// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StrictCall} from "../libraries/StrictCall.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {Composite} from "./Composite.sol";

/// @title Yes if all of its children say yes
/// @dev Context: abi.encode(Child[]). What a failing child means stands in ICompositeCondition.
contract AllOf is Composite {
    /// @inheritdoc ICondition
    function isAllowed(bytes32 policyId, address requester, bytes calldata context) external view returns (bool) {
        return _decide(policyId, requester, abi.decode(context, (Child[])), StrictCall.Answer.No);
    }
}
