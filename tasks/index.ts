import "./deploy";
import "./faucet";
import "./key";
import "./solcjs";
import "./stake";
import "./token";
