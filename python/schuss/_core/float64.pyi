from schuss._core.float32 import Network as Network
from schuss._core.float32 import Training as Training
from schuss._core.float32 import check_table as check_table
from schuss._core.float32 import predictor as predictor
