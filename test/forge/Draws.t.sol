// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../../contracts/interfaces/IStakingEscrow.sol";
import {Draws__Harness} from "../../contracts/mocks/Draws__Harness.sol";
import {INodeRegistry} from "../../contracts/interfaces/INodeRegistry.sol";
import {StakingEscrow} from "../../contracts/staking/StakingEscrow.sol";
import {NKMSToken} from "../../contracts/token/NKMSToken.sol";
import {VM} from "./Vm.sol";

/// @title 100,000 draws of the escrow's own sample
contract DrawsTest {
    uint256 private constant _DRAWS = 100_000;
    uint256 private constant _LENGTH = 1_000;
    /// @dev Fixed-point ones of chi-square.
    uint256 private constant _ONE = 1e6;

    NKMSToken private _token;
    StakingEscrow private _escrow;
    Draws__Harness private _harness;

    function setUp() public {
        VM.warp(1e9);
        address predicted = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 1);
        _token = new NKMSToken(predicted, address(this), 1e27, 3.89e27);
        IStakingEscrow.Parameters memory chosen = IStakingEscrow.Parameters(
            uint32(_LENGTH),
            1_053,
            15_000e18,
            1,
            200,
            5,
            0,
            0
        );
        _escrow = new StakingEscrow(
            _token,
            INodeRegistry(address(0)),
            address(0),
            address(0),
            new address[](0),
            chosen
        );
        _harness = new Draws__Harness();
    }

    /// @dev eq 26, p = n d / D: 128 nodes, n = 2, so that n p stays below 4%. 127 degrees of freedom, 99.99% quantile 192.
    function test_small_stakes_fit_eq_26() public {
        uint256[] memory stakes = new uint256[](128);
        for (uint256 i = 0; i < 128; ++i) stakes[i] = 15_000e18 + (uint256(keccak256(abi.encode(i))) % 15_000e18);
        (address[] memory nodes, uint256 total) = _stake(stakes);
        (uint256[] memory hits, ) = _count(nodes, 8);
        uint256 chi = 0;
        for (uint256 i = 0; i < 128; ++i) chi += _term(hits[i], (_DRAWS * _ONE * stakes[i]) / total);
        require(chi < 192 * _ONE, "chi-square above the 99.99% quantile");
    }

    /// @dev Five nodes of very different stakes: the chance of each pair, by both orders. 9 degrees of freedom, quantile 33.7.
    function test_large_stakes_fit_exact_enumeration() public {
        uint256[] memory stakes = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) stakes[i] = 15_000e18 << i;
        (address[] memory nodes, uint256 total) = _stake(stakes);
        (, uint256[] memory sets) = _count(nodes, 160);
        uint256 chi = 0;
        for (uint256 a = 0; a < 5; ++a) {
            for (uint256 b = a + 1; b < 5; ++b) {
                uint256 both = stakes[a] * stakes[b];
                uint256 chance =
                    (both * _ONE * _ONE) / total / (total - stakes[a]) +
                        (both * _ONE * _ONE) / total / (total - stakes[b]);
                chi += _term(sets[(1 << a) | (1 << b)], (_DRAWS * chance) / 2 / _ONE);
            }
        }
        require(chi * 10 < 337 * _ONE, "chi-square above the 99.99% quantile");
    }

    /// @dev In calls of a hundred samples of two, because memory is not given back within a call.
    function _count(
        address[] memory nodes,
        uint256 each
    ) private view returns (uint256[] memory hits, uint256[] memory sets) {
        hits = new uint256[](nodes.length);
        sets = new uint256[](256);
        for (uint256 seed = 0; seed < _DRAWS / 200; ++seed) {
            (uint256[] memory newHits, uint256[] memory newSets) = _harness.count(_escrow, 100, 2, each, seed, nodes);
            for (uint256 i = 0; i < hits.length; ++i) hits[i] += newHits[i];
            for (uint256 i = 0; i < 256; ++i) sets[i] += newSets[i];
        }
    }

    /// @dev Nodes with ascending addresses and these stakes, active.
    function _stake(uint256[] memory stakes) private returns (address[] memory nodes, uint256 total) {
        nodes = new address[](stakes.length);
        for (uint256 i = 0; i < stakes.length; ++i) {
            nodes[i] = address(uint160(0x1000 + i));
            total += stakes[i];
            _token.transfer(nodes[i], stakes[i]);
            VM.prank(nodes[i]);
            _token.approve(address(_escrow), stakes[i]);
            VM.prank(nodes[i]);
            _escrow.create(uint128(stakes[i]), 20);
        }
        VM.warp(block.timestamp + _LENGTH);
    }

    /// @dev (times - expected)^2 / expected, both in fixed point.
    function _term(uint256 times, uint256 expected) private pure returns (uint256) {
        uint256 got = times * _ONE;
        uint256 distance = got > expected ? got - expected : expected - got;
        return (distance * distance) / expected;
    }
}
